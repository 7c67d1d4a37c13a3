/**
 * A model evaluated by linear probes that see a handful of labelled images.
 *
 * @module
 */
import { type Progress, requireCount } from "@deepcluster/core";
import type { EvaluationResult } from "../results.ts";
import type { Backend } from "@deepcluster/gpu-backend";
import type { TooFewShotsError } from "../errors.ts";
import type { LinearProbeError } from "../linear_probe/linear_probe.ts";
import {
  cropsOf,
  type EvaluatedLayer,
  namingLayer,
} from "@deepcluster/features";
import type { Metric } from "@deepcluster/metrics";
import { Effect, type Scope } from "effect";
import {
  evaluateLayers,
  type EvaluateLayersError,
  type ProtocolContext,
} from "../protocol.ts";
import {
  type EvaluationTask,
  readableSplit,
  trainingLabels,
  type TrainTest,
} from "../task.ts";
import { type EvaluationTurns, evaluationTurns } from "../evaluation_turns.ts";
import { probeDefaults } from "../defaults.ts";
import { action, defaultShots, lowShot, requireShots } from "./low_shot.ts";

/** How {@link evaluateLowShot} draws and trains. */
export interface EvaluateLowShotOptions {
  /** Images of each class to learn from. Default: `defaultShots`. */
  readonly shots?: readonly number[];
  /** Steps of each probe. Default: 1000. */
  readonly steps?: number;
  /** Memory for features. Default: 512 MiB. */
  readonly memoryBytes?: number;
}

/** What {@link evaluateLowShot} fails with. */
export type EvaluateLowShotError =
  | EvaluateLayersError
  | LinearProbeError
  | TooFewShotsError;

/**
 * Trains linear classifiers on few images of each class.
 *
 * @param task The task.
 * @param layers Some of the model's.
 * @param seed Names the split and the images drawn.
 * @param options See {@link EvaluateLowShotOptions}.
 * @param turns Those of evaluations beside this one. Default: there are none.
 * @returns Top-1 accuracy for each layer and number of images, without an
 * interval: what other images to learn from would change is larger, and is
 * seen over the seeds; none for a probe that diverged. Or the other errors of
 * `lowShot` and of extracting features.
 */
export const evaluateLowShot: (
  task: EvaluationTask,
  layers: readonly EvaluatedLayer[],
  seed: number,
  options?: EvaluateLowShotOptions,
  turns?: EvaluationTurns,
) => Effect.Effect<
  EvaluationResult,
  EvaluateLowShotError,
  Backend | Progress | Scope.Scope
> = Effect.fn("evaluateLowShot")(function* (
  task,
  layers,
  seed,
  { steps = 1000, memoryBytes = probeDefaults.memoryBytes, ...options } = {},
  given,
) {
  yield* requireCount(action, "steps", steps, 1);
  yield* requireCount(action, "memoryBytes", memoryBytes, 1);
  const split = yield* readableSplit(task, seed);
  const training = trainingLabels(task, split);
  const shots = options.shots ?? defaultShots(training).shots;
  yield* requireShots(training, shots);
  const turns = given ?? (yield* evaluationTurns(memoryBytes));
  const protocols = shots.map((count) =>
    lowShotProtocol(count, { steps, memoryBytes, seed }, turns)
  );
  return yield* evaluateLayers(task, layers, seed, protocols, turns);
});

/** Linear probes on `shots` images of each class. */
const lowShotProtocol = (
  shots: number,
  { steps, memoryBytes, seed }:
    & Required<Omit<EvaluateLowShotOptions, "shots">>
    & { readonly seed: number },
  turns: EvaluationTurns,
) => ({
  key: "low-shot" as const,
  options: { shots, steps },
  shots,
  turn: ({ train: { features, classes } }: TrainTest) =>
    turns.probe(
      { images: shots * classes, columns: features.columns, classes },
      probeDefaults,
    ),
  name: () => `linear, ${shots === 1 ? "1 image" : `${shots} images`} a class`,
  run: (
    { train, test }: TrainTest,
    { task: { crops = "centre" }, layer }: ProtocolContext,
  ) =>
    lowShot(train, test, {
      shots: [shots],
      seeds: [seed],
      steps,
      memoryBytes,
      crops: cropsOf(crops),
    }).pipe(
      Effect.map(([result]): readonly Metric[] => [
        { statistic: "top-1 accuracy", value: result!.mean },
      ]),
      namingLayer(`${layer.name}, ${shots} a class`),
    ),
});
