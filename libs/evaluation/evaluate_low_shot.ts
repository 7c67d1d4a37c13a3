/**
 * A model evaluated by linear probes that see a handful of labelled images.
 *
 * @module
 */
import {
  cropsOf,
  type EvaluatedLayer,
  namingLayer,
} from "@deepcluster/features";
import { Effect } from "effect";
import {
  type EvaluationTask,
  inputsOf,
  readableSplit,
  trainingLabels,
  trainTestOf,
} from "./task.ts";
import { classCounts } from "./class_counts.ts";
import type { EvaluationResult, MetricResult } from "./results.ts";
import { cached } from "./cached.ts";
import { defaultShots, lowShot, requireShots } from "./low_shot.ts";
import { ProbeDivergedError } from "./probe_errors.ts";

/** How {@link evaluateLowShot} draws and trains. */
export interface EvaluateLowShotOptions {
  /** Images of each class to learn from. Default: `defaultShots`. */
  readonly shots?: readonly number[];
  /** Steps of each probe; 1000 when absent. */
  readonly steps?: number;
}

/**
 * Trains linear classifiers on few images of each class.
 *
 * @param task The task.
 * @param layers Some of the model's.
 * @param seed Names the split and the images drawn.
 * @param options See {@link EvaluateLowShotOptions}.
 * @returns Top-1 accuracy for each layer and number of images, without an
 * interval: what other images to learn from would change is larger, and is
 * seen over the seeds; none for a probe that diverged. Or the other errors of
 * `lowShot` and of extracting features.
 */
export const evaluateLowShot = Effect.fn("evaluateLowShot")(function* (
  task: EvaluationTask,
  layers: readonly EvaluatedLayer[],
  seed: number,
  { steps = 1000, ...options }: EvaluateLowShotOptions = {},
) {
  const { crops = "centre" } = task;
  const split = yield* readableSplit(task, seed);
  const training = trainingLabels(task, split);
  const shots = options.shots ?? defaultShots(training).shots;
  yield* requireShots(training, shots);
  const sides = yield* trainTestOf(task, layers, split);
  const figures: MetricResult[] = [];
  const diverged: ProbeDivergedError[] = [];
  for (const evaluated of layers) {
    const { name: layer } = evaluated;
    const { train, test } = sides[layer]!;
    for (const count of shots) {
      const found = yield* cached(
        task.folder,
        {
          ...inputsOf(task, evaluated, split),
          protocol: "low-shot",
          seed,
          options: { shots: count, steps },
        },
        () =>
          Effect.map(
            lowShot(train, test, {
              shots: [count],
              seeds: [seed],
              steps,
              crops: cropsOf(crops),
            }),
            ([result]) => [{
              statistic: "top-1 accuracy",
              value: result!.mean,
            }],
          ).pipe(namingLayer(layer)),
      ).pipe(
        Effect.catchTags({
          ProbeDivergedError: (error) => Effect.succeed(error),
        }),
      );
      if (found instanceof ProbeDivergedError) {
        const probe = { model: task.model.name, layer, seed, shots: count };
        diverged.push(new ProbeDivergedError({ ...found, probe }));
        continue;
      }
      const { findings, seconds } = found;
      const of = count === 1 ? "1 image" : `${count} images`;
      figures.push(...findings.map((finding): MetricResult => ({
        model: task.model.name,
        layer,
        protocol: `linear, ${of} a class`,
        split: task.data.description,
        seed,
        crops,
        learnedFrom: count * new Set(train.labels).size,
        images: test.labels.length,
        ...classCounts(train.labels, test.labels),
        ...finding,
        seconds,
      })));
    }
  }
  return { figures, diverged } as EvaluationResult;
});
