/**
 * A model evaluated by nearest neighbours.
 *
 * @module
 */
import type { EvaluatedLayer } from "@deepcluster/features";
import { accuracies } from "@deepcluster/metrics";
import { Effect } from "effect";
import {
  type EvaluationTask,
  inputsOf,
  readableSplit,
  trainTestOf,
} from "./task.ts";
import { classCounts } from "./class_counts.ts";
import type { MetricResult } from "./results.ts";
import { cached } from "./cached.ts";
import {
  defaultNeighbours,
  defaultTemperature,
  knn,
  type KnnOptions,
  requireNeighbours,
} from "./knn.ts";

/**
 * Classifies held-out images by their nearest neighbours, layer by layer.
 *
 * @param asked The task; one row an image, so the centre crop only.
 * @param layers Some of the model's.
 * @param seed Names the split.
 * @param options How to vote.
 * @returns Top-1 and top-5 accuracy for each layer and number of neighbours;
 * or the errors of `knn` and of extracting features.
 */
export const evaluateKnn = Effect.fn("evaluateKnn")(function* (
  asked: EvaluationTask,
  layers: readonly EvaluatedLayer[],
  seed: number,
  options: KnnOptions = {},
) {
  const task: EvaluationTask = { ...asked, crops: "centre" };
  const { temperature = defaultTemperature } = options;
  const split = yield* readableSplit(task, seed);
  const ks = options.k ?? defaultNeighbours(split.train.length).k;
  yield* requireNeighbours(ks, temperature, split.train.length);
  const sides = yield* trainTestOf(task, layers, split);
  const figures: MetricResult[] = [];
  for (const evaluated of layers) {
    const { name: layer } = evaluated;
    const { train, test } = sides[layer]!;
    const { findings, seconds } = yield* cached(
      task.folder,
      {
        ...inputsOf(task, evaluated, split),
        protocol: "knn",
        seed,
        options: { k: ks, temperature },
      },
      () =>
        Effect.flatMap(
          knn(train, test, { ...options, k: ks, temperature }),
          (found) =>
            Effect.map(
              Effect.forEach(
                found,
                ({ ranks }) => accuracies(ranks, train.classes, seed),
              ),
              (findings) => findings.flat(),
            ),
        ),
    );
    const warm = temperature === defaultTemperature
      ? ""
      : `, temperature ${temperature}`;
    figures.push(...findings.map((finding, place): MetricResult => ({
      model: task.model.name,
      layer,
      protocol: `knn, k = ${
        ks[Math.floor(place * ks.length / findings.length)]
      }${warm}`,
      split: task.data.description,
      seed,
      crops: "centre",
      learnedFrom: train.labels.length,
      images: test.labels.length,
      ...classCounts(train.labels, test.labels),
      ...finding,
      seconds,
    })));
  }
  return figures as readonly MetricResult[];
});
