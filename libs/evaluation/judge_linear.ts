/**
 * A model judged by linear probes of its layers, as in the paper.
 *
 * Paper: section 4.3.
 *
 * @module
 */
import { cropsOf, type JudgedLayer, tellingLayer } from "@deepcluster/features";
import { accuracies } from "@deepcluster/metrics";
import { folderStore, loadTensors, saveTensors } from "@deepcluster/storage";
import { Effect } from "effect";
import { augmentedFeatures, removeAugmented } from "./augmented_features.ts";
import {
  type Bench,
  inputsOf,
  type Sides,
  sidesOf,
  splitFor,
} from "./bench.ts";
import { classCounts } from "./class_counts.ts";
import type { Figure, Judged } from "./figures.ts";
import { finished } from "./finished.ts";
import { linearProbe } from "./linear_probe.ts";
import { ProbeDivergedError } from "./probe_errors.ts";
import { decisiveOf, type ProbeOptions, settingsOf } from "./probe_options.ts";
import type { ProbeState } from "./probe_state.ts";

/** How {@link judgeLinear} trains; the paper's values when absent. */
export interface LinearOptions
  extends Omit<ProbeOptions, "seed" | "crops" | "save"> {
  /**
   * Learns in every epoch from other views of the training images, as the
   * paper does: a pass of the network for each layer and epoch. False when
   * absent: from their centres.
   */
  readonly augment?: boolean;
}

/**
 * Trains a linear classifier on each layer and judges it on held-out images.
 *
 * Layers that are finished are not judged again; one that was interrupted goes
 * on from the state that it saved, and is not trained again when only scoring
 * was left. Time that is told includes the passes
 * of augmented images.
 *
 * @param bench The bench.
 * @param layers Some of the model's.
 * @param seed Names the split and the probe's draws.
 * @param options See {@link LinearOptions}.
 * @returns Top-1 and top-5 accuracy for each layer but those whose probe
 * diverged; or the other errors of `linearProbe` and of extracting features.
 */
export const judgeLinear = Effect.fn("judgeLinear")(function* (
  bench: Bench,
  layers: readonly JudgedLayer[],
  seed: number,
  options: LinearOptions = {},
) {
  const { crops = "centre" } = bench;
  const settings = yield* settingsOf({ ...options, seed });
  const split = yield* splitFor(bench, seed);
  const sides = yield* sidesOf(bench, layers, split);
  const { memoryBytes: _, saveEveryMs: __, ...decisive } = options;
  const figures: Figure[] = [];
  const diverged: ProbeDivergedError[] = [];
  for (const judged of layers) {
    const { name: layer } = judged;
    const { train, test } = sides[layer]!;
    const found = yield* finished(
      bench.folder,
      {
        ...inputsOf(bench, judged, split),
        protocol: "linear",
        seed,
        options: { ...decisiveOf(settings), augment: options.augment ?? false },
      },
      (name) =>
        probeLayer(bench, judged, sides[layer]!, split.train, name, {
          ...options,
          seed,
        }).pipe(tellingLayer(layer)),
      (name) =>
        Effect.andThen(
          probeStore(bench.folder, name).remove,
          removeAugmented(bench.folder, name),
        ),
    ).pipe(
      Effect.catchTags({
        ProbeDivergedError: (error) => Effect.succeed(error),
      }),
    );
    if (found instanceof ProbeDivergedError) {
      const probe = { model: bench.model.name, layer, seed };
      diverged.push(new ProbeDivergedError({ ...found, probe }));
      continue;
    }
    const { findings, seconds } = found;
    figures.push(...findings.map((finding): Figure => ({
      model: bench.model.name,
      layer,
      protocol: ["linear", ...departures(decisive)].join(", "),
      split: bench.data.description,
      seed,
      crops,
      learnedFrom: train.labels.length,
      images: test.labels.length,
      ...classCounts(train.labels, test.labels),
      ...finding,
      seconds,
    })));
  }
  return { figures, diverged } as Judged;
});

/** Trains a probe, from where it was left, and judges it. */
const probeLayer = Effect.fnUntraced(function* (
  bench: Bench,
  layer: JudgedLayer,
  { train, test }: Sides,
  places: Int32Array,
  name: string,
  { augment, ...options }: LinearOptions & Pick<ProbeOptions, "seed">,
) {
  const { save, load } = probeStore(bench.folder, name);
  const { seed } = options;
  const views = augment
    ? yield* augmentedFeatures(bench, layer, places, seed, name)
    : train;
  const probing = { ...options, crops: cropsOf(bench.crops ?? "centre"), save };
  const { ranks } = yield* linearProbe(views, test, probing, yield* load);
  return yield* accuracies(ranks, train.classes, seed);
});

/** Where the state of a probe waits while it is trained. */
const probeStore = (folder: string, name: string) => {
  const store = folderStore(folder);
  const path = `probes/${name}.safetensors`;
  return {
    save: ({ step, lossSum, divergedSteps, tensors }: ProbeState) =>
      Effect.asVoid(saveTensors(store, path, tensors, {
        step: String(step),
        lossSum: String(lossSum),
        stepsAstray: String(divergedSteps),
      })),
    load: Effect.gen(function* () {
      if (!(yield* store.list("probes/")).includes(path)) return undefined;
      // A state that is damaged costs the time of doing it again, no more.
      const file = yield* Effect.option(loadTensors(store, path));
      if (file._tag === "None") return undefined;
      const { tensors, metadata } = file.value;
      return {
        step: Number(metadata["step"]),
        lossSum: Number(metadata["lossSum"]),
        // A state of an earlier version does not tell.
        divergedSteps: Number(metadata["stepsAstray"] ?? 0),
        tensors,
      } satisfies ProbeState;
    }),
    remove: store.remove(path),
  };
};

/** What differs from the paper, to be told with the figure. */
const departures = (
  options: Omit<LinearOptions, "memoryBytes" | "saveEveryMs">,
): readonly string[] => [
  ...options.epochs === undefined ? [] : [`${options.epochs} epochs`],
  ...options.learningRate === undefined
    ? []
    : [`learning rate ${options.learningRate}`],
  ...options.momentum === undefined ? [] : [`momentum ${options.momentum}`],
  ...options.weightDecay === undefined
    ? []
    : [`weight decay ${options.weightDecay}`],
  ...options.batch === undefined ? [] : [`batch ${options.batch}`],
  ...options.standardise ? ["standardised"] : [],
  ...options.augment ? ["augmented"] : [],
];
