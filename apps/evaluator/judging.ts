/**
 * What every command does around its judge: opens model and images, provides
 * the engine, prints the table and keeps it.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import { folderNotes } from "@deepcluster/data";
import {
  type Bench,
  combineSeeds,
  type Figure,
  type Judged,
  layersNamed,
  openJudgedData,
  openJudgedImages,
  ProbesDivergedError,
  together,
  untrainedNames,
} from "@deepcluster/evaluation";
import type { Crops, JudgedLayer } from "@deepcluster/features";
import { layerBackend } from "@deepcluster/gpu-backend";
import { openJudged } from "@deepcluster/runs";
import { fromHere, layerProgress } from "@deepcluster/terminal";
import { Effect, Layer } from "effect";
import { type EvaluationValues, presentOnly } from "./flags.ts";
import { formatOf, printResults, warnOfSkipped } from "./results.ts";

/** A model before images, and the seed that it is judged with. */
export interface Seeded extends Bench {
  /** Names the draws. */
  readonly seed: number;
  /** Layers to judge. */
  readonly layers: readonly JudgedLayer[];
}

/** What a command asks of {@link judging}. */
export interface Judging {
  /** Name of the command, for the file in the run folder. */
  readonly command: string;
  /** How many seeds. */
  readonly seeds: number;
  /** Names of the layers to judge; all of the model when absent. */
  readonly layers?: readonly string[];
  /** Views of a test image; `centre` when absent. */
  readonly crops?: Crops;
}

/**
 * Judges a model with several seeds and shows the results. What probes that
 * diverged leave is shown too, before the command fails.
 *
 * @param values Values of the flags.
 * @param judging See {@link Judging}.
 * @param judge Judges one bench: `random` has other weights for each seed.
 * @returns Nothing, or `ProbesDivergedError`, or the error of what failed.
 */
export const judging = <E, R>(
  values: EvaluationValues,
  { command, ...wanted }: Judging,
  judge: (bench: Seeded) => Effect.Effect<Judged | readonly Figure[], E, R>,
) =>
  Effect.gen(function* () {
    // What cannot be written must not cost the time of judging.
    yield* formatOf(values.operation.out);
    const benches = yield* openBenches(values, wanted);
    if (command !== "nmi") yield* warnOfUntrained(benches);
    const { figures, diverged, skipped } = together(
      yield* Effect.forEach(benches, judge),
    );
    yield* warnOfSkipped(skipped);
    if (figures.length > 0) {
      const { run } = benches[0]!.model;
      const { data, operation } = values;
      const combined = combineSeeds(figures);
      yield* printResults(
        { command, data, figures: combined, diverged, skipped, run },
        operation,
      );
    }
    if (diverged.length === 0) return;
    return yield* new ProbesDivergedError({ diverged });
  }).pipe(
    Effect.scoped,
    Effect.provide(services(values)),
  );

/**
 * Opens the model and the images of a command: images are looked at when
 * nothing is wrong with the model and its layers.
 *
 * @param values Values of the flags.
 * @param wanted How many benches, from `--seed` on, and what of them.
 * @returns The benches, while the scope lasts; at least one.
 */
export const openBenches = Effect.fnUntraced(function* (
  { model, data, choice, images, operation }: EvaluationValues,
  { seeds, layers: names, crops = "centre" }: Omit<Judging, "command">,
) {
  const { network, ...weights } = presentOnly(choice);
  const open = (seed: number) =>
    openJudged(isWord(model) ? model : fromHere(model), {
      ...weights,
      ...network !== undefined && { model: network },
      seed,
    });
  const { trainList, testList, maxUnreadableShare, ...split } = presentOnly(
    images,
  );
  const opened = yield* openJudgedData(fromHere(data), {
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
  const layers = yield* layersNamed(first, names ?? all);
  const folder = fromHere(operation.cache);
  const found = yield* openJudgedImages(opened, {
    size: first.size,
    folder,
    ...first.run && {
      maxUnreadableShare: first.run.configuration.maxUnreadableShare,
    },
    ...maxUnreadableShare !== undefined && { maxUnreadableShare },
  });
  yield* warnOfLeftOut(found.unreadable, opened.labels.classes);
  const benches: Seeded[] = [];
  for (let seed = operation.seed; benches.length < seeds; seed++) {
    benches.push({
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
  return benches;
});

/** Such classes count against every model alike. */
const warnOfUntrained = Effect.fnUntraced(function* (
  benches: readonly Seeded[],
) {
  const names = new Set<string>();
  for (const bench of benches) {
    for (const name of yield* untrainedNames(bench, bench.seed)) {
      names.add(name);
    }
  }
  if (names.size === 0) return;
  const classes = benches[0]!.images.classNames.length;
  yield* Effect.logWarning(
    `${names.size} of ${classes} classes ` +
      `${names.size === 1 ? "has" : "have"} no training image` +
      `${benches.length > 1 ? " with some seed" : ""}: ` +
      `${[...names].sort().slice(0, 5).join(", ")}` +
      `${names.size > 5 ? ", …" : ""}; ` +
      "their images are judged, though nothing was learned of them",
  );
});

const isWord = (model: string) => model === "random" || model === "pixels";

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

/**
 * Engine, assigner and progress as they were asked for.
 *
 * @param values Values of the flags.
 * @returns The layer, or the engine's errors.
 */
export const services = ({ operation }: EvaluationValues) => {
  const { threads, provider } = operation;
  return Layer.mergeAll(Assigner.layerBackend, layerProgress()).pipe(
    Layer.provideMerge(layerBackend(presentOnly({ threads, provider }))),
  );
};
