/**
 * A model evaluated by nearest neighbours.
 *
 * @module
 */
import type { Progress } from "@deepcluster/core";
import type { EvaluationResult } from "../results.ts";
import type { EvaluatedLayer } from "@deepcluster/features";
import type { Backend } from "@deepcluster/gpu-backend";
import { accuracies, type Metric } from "@deepcluster/metrics";
import type { StorageError } from "@deepcluster/storage";
import { Effect, type Scope } from "effect";
import { type EvaluationTurns, evaluationTurns } from "../evaluation_turns.ts";
import {
  evaluateLayers,
  type EvaluateLayersError,
  type Protocol,
} from "../protocol.ts";
import { type EvaluationTask, readableSplit, type TrainTest } from "../task.ts";
import {
  defaultNeighbours,
  knn,
  type KnnError,
  type KnnOptions,
  requireNeighbours,
} from "./knn.ts";
import { defaultTemperature } from "../defaults.ts";

/** What {@link evaluateKnn} fails with. */
export type EvaluateKnnError = EvaluateLayersError | KnnError;

/**
 * Classifies held-out images by their nearest neighbours, layer by layer.
 *
 * @param task The task; one row an image, so the centre crop only.
 * @param layers Some of the model's.
 * @param seed Names the split.
 * @param options How to vote.
 * @param turns Those of evaluations beside this one. Default: there are none.
 * @returns Top-1 and top-5 accuracy for each layer and number of neighbours;
 * or the errors of `knn` and of extracting features.
 */
export const evaluateKnn: (
  task: EvaluationTask,
  layers: readonly EvaluatedLayer[],
  seed: number,
  options?: KnnOptions,
  turns?: EvaluationTurns,
) => Effect.Effect<
  EvaluationResult,
  EvaluateKnnError,
  Backend | Progress | Scope.Scope
> = Effect.fn("evaluateKnn")(function* (
  task,
  layers,
  seed,
  options = {},
  given,
) {
  const { train } = yield* readableSplit(task, seed);
  const { temperature = defaultTemperature } = options;
  const ks = options.k ?? defaultNeighbours(train.length).k;
  yield* requireNeighbours(ks, temperature, train.length);
  const turns = given ?? (yield* evaluationTurns());
  const voting = { ...options, k: ks, temperature };
  const protocol = knnProtocol(voting, seed, turns);
  return yield* evaluateLayers(task, layers, seed, [protocol], turns);
});

/** Votes of the nearest neighbours; one result for all numbers of them. */
const knnProtocol = (
  options: KnnOptions & Required<Pick<KnnOptions, "k" | "temperature">>,
  seed: number,
  turns: EvaluationTurns,
) => {
  const { k: ks, temperature } = options;
  const suffix = temperature === defaultTemperature
    ? ""
    : `, temperature ${temperature}`;
  return {
    key: "knn",
    options: { k: ks, temperature },
    centreOnly: true,
    turn: ({ train, test }: TrainTest) =>
      turns.features([train.features, test.features]),
    name: (metric, metrics) =>
      `knn, k = ${ks[Math.floor(metric * ks.length / metrics)]}${suffix}`,
    run: Effect.fnUntraced(function* ({ train, test }: TrainTest) {
      const metrics: Metric[] = [];
      for (const { ranks } of yield* knn(train, test, options)) {
        metrics.push(...yield* accuracies(ranks, train.classes, seed));
      }
      return metrics;
    }),
  } satisfies Protocol<KnnError | StorageError, Backend>;
};
