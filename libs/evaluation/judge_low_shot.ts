/**
 * A model judged by linear probes that see a handful of labelled images.
 *
 * @module
 */
import { cropsOf, type JudgedLayer, tellingLayer } from "@deepcluster/features";
import { Effect } from "effect";
import {
  type Bench,
  inputsOf,
  sidesOf,
  splitFor,
  trainingClasses,
} from "./bench.ts";
import { classCounts } from "./class_counts.ts";
import type { Figure, Judged } from "./figures.ts";
import { finished } from "./finished.ts";
import { lowShot, requireShots, usualShots } from "./low_shot.ts";
import { ProbeDivergedError } from "./probe_errors.ts";

/** How {@link judgeLowShot} draws and trains. */
export interface JudgeLowShotOptions {
  /** Images of each class to learn from. Default: `usualShots`. */
  readonly shots?: readonly number[];
  /** Steps of each probe; 1000 when absent. */
  readonly steps?: number;
}

/**
 * Trains linear classifiers on few images of each class.
 *
 * @param bench The bench.
 * @param layers Some of the model's.
 * @param seed Names the split and the images drawn.
 * @param options See {@link JudgeLowShotOptions}.
 * @returns Top-1 accuracy for each layer and number of images, without an
 * interval: what other images to learn from would change is larger, and is
 * seen over the seeds; none for a probe that diverged. Or the other errors of
 * `lowShot` and of extracting features.
 */
export const judgeLowShot = Effect.fn("judgeLowShot")(function* (
  bench: Bench,
  layers: readonly JudgedLayer[],
  seed: number,
  { steps = 1000, ...options }: JudgeLowShotOptions = {},
) {
  const { crops = "centre" } = bench;
  const split = yield* splitFor(bench, seed);
  const training = trainingClasses(bench, split);
  const shots = options.shots ?? usualShots(training).shots;
  yield* requireShots(training, shots);
  const sides = yield* sidesOf(bench, layers, split);
  const figures: Figure[] = [];
  const diverged: ProbeDivergedError[] = [];
  for (const judged of layers) {
    const { name: layer } = judged;
    const { train, test } = sides[layer]!;
    for (const count of shots) {
      const found = yield* finished(
        bench.folder,
        {
          ...inputsOf(bench, judged, split),
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
          ).pipe(tellingLayer(layer)),
      ).pipe(
        Effect.catchTags({
          ProbeDivergedError: (error) => Effect.succeed(error),
        }),
      );
      if (found instanceof ProbeDivergedError) {
        const probe = { model: bench.model.name, layer, seed, shots: count };
        diverged.push(new ProbeDivergedError({ ...found, probe }));
        continue;
      }
      const { findings, seconds } = found;
      const of = count === 1 ? "1 image" : `${count} images`;
      figures.push(...findings.map((finding): Figure => ({
        model: bench.model.name,
        layer,
        protocol: `linear, ${of} a class`,
        split: bench.data.description,
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
  return { figures, diverged } as Judged;
});
