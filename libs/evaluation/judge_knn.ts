/**
 * A model judged by nearest neighbours.
 *
 * @module
 */
import type { JudgedLayer } from "@deepcluster/features";
import { accuracies } from "@deepcluster/metrics";
import { Effect } from "effect";
import { type Bench, inputsOf, sidesOf, splitFor } from "./bench.ts";
import { classCounts } from "./class_counts.ts";
import type { Figure } from "./figures.ts";
import { finished } from "./finished.ts";
import {
  knn,
  type KnnOptions,
  requireNeighbours,
  usualNeighbours,
  usualTemperature,
} from "./knn.ts";

/**
 * Classifies held-out images by their nearest neighbours, layer by layer.
 *
 * @param asked The bench; one row an image, so the centre crop only.
 * @param layers Some of the model's.
 * @param seed Names the split.
 * @param options How to vote.
 * @returns Top-1 and top-5 accuracy for each layer and number of neighbours;
 * or the errors of `knn` and of extracting features.
 */
export const judgeKnn = Effect.fn("judgeKnn")(function* (
  asked: Bench,
  layers: readonly JudgedLayer[],
  seed: number,
  options: KnnOptions = {},
) {
  const bench: Bench = { ...asked, crops: "centre" };
  const { temperature = usualTemperature } = options;
  const split = yield* splitFor(bench, seed);
  const ks = options.k ?? usualNeighbours(split.train.length).k;
  yield* requireNeighbours(ks, temperature, split.train.length);
  const sides = yield* sidesOf(bench, layers, split);
  const figures: Figure[] = [];
  for (const judged of layers) {
    const { name: layer } = judged;
    const { train, test } = sides[layer]!;
    const { findings, seconds } = yield* finished(
      bench.folder,
      {
        ...inputsOf(bench, judged, split),
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
    const warm = temperature === usualTemperature
      ? ""
      : `, temperature ${temperature}`;
    figures.push(...findings.map((finding, place): Figure => ({
      model: bench.model.name,
      layer,
      protocol: `knn, k = ${
        ks[Math.floor(place * ks.length / findings.length)]
      }${warm}`,
      split: bench.data.description,
      seed,
      crops: "centre",
      learnedFrom: train.labels.length,
      images: test.labels.length,
      ...classCounts(train.labels, test.labels),
      ...finding,
      seconds,
    })));
  }
  return figures as readonly Figure[];
});
