/**
 * A model evaluated by linear probes of its layers, as in the paper.
 *
 * Paper: section 4.3.
 *
 * @module
 */
import type { Progress } from "@deepcluster/core";
import type { EvaluationResult } from "../results.ts";
import type { Backend } from "@deepcluster/gpu-backend";
import {
  cropsOf,
  type EvaluatedLayer,
  namingLayer,
} from "@deepcluster/features";
import { accuracies } from "@deepcluster/metrics";
import {
  folderStore,
  loadTensors,
  type SafetensorsError,
  saveTensors,
} from "@deepcluster/storage";
import { Effect, type Scope } from "effect";
import {
  evaluateLayers,
  type EvaluateLayersError,
  type ProtocolContext,
} from "../protocol.ts";
import { type EvaluationTurns, evaluationTurns } from "../evaluation_turns.ts";
import { augmentedFeatures, removeAugmented } from "./augmented_features.ts";
import type { EvaluationTask, TrainTest } from "../task.ts";
import { linearProbe, type LinearProbeError } from "./linear_probe.ts";
import {
  decisiveOf,
  type ProbeOptions,
  type ProbeSettings,
  settingsOf,
} from "./probe_options.ts";
import type { ProbeState } from "./probe_state.ts";

/** How {@link evaluateLinear} trains; the paper's values when absent. */
export interface LinearOptions
  extends Omit<ProbeOptions, "seed" | "crops" | "save"> {
  /**
   * Learns in every epoch from other views of the training images, as the
   * paper does: a pass of the network for each layer and epoch. False when
   * absent: from their centres.
   */
  readonly augment?: boolean;
}

/** What {@link evaluateLinear} fails with. */
export type EvaluateLinearError =
  | EvaluateLayersError
  | LinearProbeError
  | SafetensorsError;

/**
 * Trains a linear classifier on each layer and evaluates it on held-out images.
 *
 * Probes are trained side by side, in threads of their own where that is as
 * fast (`trainsInThread`); results do not depend on it.
 * Layers that are finished are not evaluated again; one that was interrupted goes
 * on from the state that it saved, and is not trained again when only scoring
 * was left. Time that is told includes the passes
 * of augmented images.
 *
 * @param task The task.
 * @param layers Some of the model's.
 * @param seed Names the split and the probe's draws.
 * @param options See {@link LinearOptions}.
 * @param turns Those of evaluations beside this one. Default: there are none.
 * @returns Top-1 and top-5 accuracy for each layer but those whose probe
 * diverged; or the other errors of `linearProbe` and of extracting features.
 */
export const evaluateLinear: (
  task: EvaluationTask,
  layers: readonly EvaluatedLayer[],
  seed: number,
  options?: LinearOptions,
  turns?: EvaluationTurns,
) => Effect.Effect<
  EvaluationResult,
  EvaluateLinearError,
  Backend | Progress | Scope.Scope
> = Effect.fn("evaluateLinear")(function* (
  task,
  layers,
  seed,
  options = {},
  given,
) {
  const settings = yield* settingsOf<never, never>({ ...options, seed });
  const turns = given ?? (yield* evaluationTurns(settings.memoryBytes));
  const protocol = linearProtocol(options, settings, turns);
  return yield* evaluateLayers(task, layers, seed, [protocol], turns);
});

/** Logistic regression on all training images. */
const linearProtocol = (
  { memoryBytes, saveEveryMs, ...decisive }: LinearOptions,
  settings: ProbeSettings,
  turns: EvaluationTurns,
) => ({
  key: "linear" as const,
  options: { ...decisiveOf(settings), augment: decisive.augment ?? false },
  name: () => ["linear", ...departures(decisive)].join(", "),
  run: (
    features: TrainTest,
    { task, layer, split, resultKey }: ProtocolContext,
  ) =>
    probeLayer(task, layer, features, split.train, resultKey, {
      ...decisive,
      ...memoryBytes !== undefined && { memoryBytes },
      ...saveEveryMs !== undefined && { saveEveryMs },
      seed: settings.seed,
    }).pipe(namingLayer(layer.name)),
  turn: ({ train: { features, classes } }: TrainTest) =>
    decisive.augment ? turns.engineProbe : turns.probe(
      { images: features.rows, columns: features.columns, classes },
      settings,
    ),
  discard: ({ folder }: EvaluationTask, resultKey: string) =>
    Effect.andThen(
      probeStore(folder, resultKey).remove,
      removeAugmented(folder, resultKey),
    ),
});

/** Trains a probe, from where it was left, and evaluates it. */
const probeLayer = Effect.fnUntraced(function* (
  task: EvaluationTask,
  layer: EvaluatedLayer,
  { train, test }: TrainTest,
  indices: Int32Array,
  name: string,
  { augment, ...options }: LinearOptions & Pick<ProbeOptions, "seed">,
) {
  const { save, load } = probeStore(task.folder, name);
  const { seed } = options;
  const views = augment
    ? yield* augmentedFeatures(task, layer, indices, seed, name)
    : train;
  const probing = { ...options, crops: cropsOf(task.crops ?? "centre"), save };
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
