/**
 * What every command does around its protocol: opens model and images,
 * provides the engine, prints the table and keeps it.
 *
 * @module
 */
import { folderNotes } from "@deepcluster/data";
import {
  combineSeeds,
  type EvaluationResult,
  type EvaluationTask,
  imagesFor,
  mergeResults,
  openEvaluationData,
  openEvaluationImages,
  ProbesDivergedError,
  selectLayers,
  untrainedClassNames,
} from "@deepcluster/evaluation";
import type { Crops, EvaluatedLayer } from "@deepcluster/features";
import { layerTypedEngine, openTypedModel } from "@deepcluster/runs";
import { fromHere, presentOnly } from "@deepcluster/terminal";
import { Effect, Stdio } from "effect";
import type { EvaluationValues } from "./flags.ts";
import { formatOf, printResults, warnOfSkipped } from "./results.ts";
import { typedFlags } from "./typed_flags.ts";

/** A model, its images, and the seed of an evaluation. */
export interface Seeded extends EvaluationTask {
  /** Seed of every random draw. */
  readonly seed: number;
  /** Layers to evaluate. */
  readonly layers: readonly EvaluatedLayer[];
}

/** What differs between the commands of {@link evaluateModel}. */
export interface ProtocolOptions {
  /** Name of the command, for the file in the run folder. */
  readonly command: string;
  /** Number of seeds. */
  readonly seeds: number;
  /** Names of the layers to evaluate. Default: all of the model. */
  readonly layers?: readonly string[];
  /** Views of a test image. Default: `centre`. */
  readonly crops?: Crops;
}

/**
 * Evaluates a model with several seeds and shows the results. If some probes
 * diverge, the other results are shown before the command fails.
 *
 * @param values Values of the flags.
 * @param options See {@link ProtocolOptions}.
 * @param protocol Evaluates one task: `random` has other weights for each seed.
 * @returns Nothing, or `ProbesDivergedError`, or the error of what failed.
 */
export const evaluateModel = <E, R>(
  values: EvaluationValues,
  { command, ...options }: ProtocolOptions,
  protocol: (
    task: Seeded,
  ) => Effect.Effect<EvaluationResult, E, R>,
) =>
  Effect.gen(function* () {
    // What cannot be written must not cost the time of the evaluation.
    yield* formatOf(values.operation.out);
    const tasks = yield* openTasks(values, options);
    if (command !== "nmi") yield* warnOfUntrained(tasks);
    const { figures, diverged, skipped } = mergeResults(
      yield* Effect.forEach(tasks, protocol),
    );
    // The printed table says it, where there is one.
    if (values.operation.json || figures.length === 0) {
      yield* warnOfSkipped(skipped);
    }
    if (figures.length > 0) {
      const { run } = tasks[0]!.model;
      const { data, operation } = values;
      const combined = combineSeeds(figures);
      const words = yield* Stdio.Stdio.use(({ args }) => args);
      const flags = typedFlags(words, { command, model: values.model, data });
      yield* printResults(
        { command, data, flags, figures: combined, diverged, skipped, run },
        operation,
      );
    }
    if (diverged.length === 0) return;
    return yield* new ProbesDivergedError({ diverged });
  }).pipe(
    Effect.scoped,
    Effect.provide(layerTypedEngine(values.operation)),
  );

/**
 * Opens the model and the images of a command: images are looked at when
 * nothing is wrong with the model and its layers.
 *
 * @param values Values of the flags.
 * @param options Number of seeds, from `--seed` on, layers and crops.
 * @returns A task for each seed, at least one, while the scope lasts.
 */
export const openTasks = Effect.fnUntraced(function* (
  { model, data, choice, images, operation }: EvaluationValues,
  { seeds, layers: names, crops = "centre" }: Omit<ProtocolOptions, "command">,
) {
  const open = (seed: number) => openTypedModel(model, choice, seed);
  const { trainList, testList, maxUnreadableShare, ...split } = presentOnly(
    images,
  );
  const opened = yield* openEvaluationData(fromHere(data), {
    ...split,
    ...trainList !== undefined && { trainList: fromHere(trainList) },
    ...testList !== undefined && { testList: fromHere(testList) },
  });
  const first = yield* open(operation.seed);
  for (const path of first.run?.skipped ?? []) {
    yield* Effect.logWarning(`Skipped ${path}: it is damaged`);
  }
  for (const note of opened.folder ? folderNotes(opened.folder) : []) {
    yield* Effect.logWarning(note);
  }
  const all = first.layers.map(({ name }) => name);
  const layers = yield* selectLayers(first, names ?? all);
  const folder = fromHere(operation.cache);
  const found = yield* openEvaluationImages(opened, {
    ...imagesFor(first),
    folder,
    ...first.run && {
      maxUnreadableShare: first.run.configuration.maxUnreadableShare,
    },
    ...maxUnreadableShare !== undefined && { maxUnreadableShare },
  });
  yield* warnOfLeftOut(found.unreadable, opened.labels.classes);
  const tasks: Seeded[] = [];
  for (let seed = operation.seed; tasks.length < seeds; seed++) {
    tasks.push({
      model: model === "random" ? yield* open(seed) : first,
      data: opened,
      images: found,
      folder,
      crops,
      batch: operation.batch,
      seed,
      layers,
    });
  }
  return tasks;
});

/** Such classes count against every model alike. */
const warnOfUntrained = Effect.fnUntraced(function* (
  tasks: readonly Seeded[],
) {
  const names = new Set<string>();
  for (const task of tasks) {
    for (const name of yield* untrainedClassNames(task, task.seed)) {
      names.add(name);
    }
  }
  if (names.size === 0) return;
  const classes = tasks[0]!.images.classNames.length;
  yield* Effect.logWarning(
    `${names.size} of ${classes} classes ` +
      `${names.size === 1 ? "has" : "have"} no training image` +
      `${tasks.length > 1 ? " with some seed" : ""}: ` +
      `${[...names].sort().slice(0, 5).join(", ")}` +
      `${names.size > 5 ? ", …" : ""}; ` +
      "their test images are counted all the same",
  );
});

const warnOfLeftOut = Effect.fnUntraced(function* (
  unreadable: readonly string[],
  classes: Int32Array,
) {
  if (unreadable.length > 0) {
    yield* Effect.logWarning(
      `Left out ${unreadable.length} unreadable images, such as ` +
        unreadable[0],
    );
  }
  const without = classes.filter((label) => label < 0).length;
  if (without > 0) {
    yield* Effect.logWarning(
      `Left out ${without} image${without === 1 ? "" : "s"} without a label`,
    );
  }
});
