/**
 * What a protocol is, and the frame that runs it on layers: features of the
 * split, results from the cache or anew, a row for each metric.
 *
 * @module
 */
import type { Backend } from "@deepcluster/gpu-backend";
import type { OptionError, Progress } from "@deepcluster/core";
import type { EvaluatedLayer, LayerFeaturesError } from "@deepcluster/features";
import type { Metric } from "@deepcluster/metrics";
import type { StorageError } from "@deepcluster/storage";
import { Effect, type Scope } from "effect";
import type { protocolVersions } from "./cache_keys.ts";
import { cached } from "./cached.ts";
import { classCounts } from "./class_counts.ts";
import { ProbeDivergedError } from "./linear_probe/probe_errors.ts";
import type { EvaluationResult, MetricResult } from "./results.ts";
import {
  dataIdentityOf,
  type EvaluationTask,
  inputsOf,
  readableSplit,
  type TrainTest,
  trainTestOf,
} from "./task.ts";
import type { Split } from "@deepcluster/datasets";
import type { EvaluationTurns, Turn } from "./evaluation_turns.ts";

/** What a protocol may use beside the features. */
export interface ProtocolContext {
  /** Model, images and cache folder. */
  readonly task: EvaluationTask;
  /** The layer that is evaluated. */
  readonly layer: EvaluatedLayer;
  /** The split that the features are of, as indices of the task's images. */
  readonly split: Split;
  /** Key of the result, for files of unfinished work. */
  readonly resultKey: string;
}

/** A way to evaluate the features of a layer. */
export interface Protocol<E = never, R = never> {
  /** Which code computes it, in the key of its results. */
  readonly key: keyof typeof protocolVersions;
  /** All options that decide the metrics, defaults filled in: plain data. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether it sees only the centre of test images. Default: false. */
  readonly centreOnly?: boolean;
  /** Whether it tests on all images and learns from none. Default: false. */
  readonly allImages?: boolean;
  /** Images of each class that a probe learns from. Default: all. */
  readonly shots?: number;
  /**
   * Names the protocol of a metric in tables.
   *
   * @param metric Rank of the metric among those of {@link Protocol.run}.
   * @param metrics Number of metrics.
   */
  readonly name: (metric: number, metrics: number) => string;
  /** Computes the metrics, in the order of the table. */
  readonly run: (
    features: TrainTest,
    context: ProtocolContext,
  ) => Effect.Effect<readonly Metric[], E | ProbeDivergedError, R>;
  /** When it may run beside others. Default: they run one after the other. */
  readonly turn?: (features: TrainTest) => Turn;
  /** Removes files of unfinished work once the result is cached. */
  readonly discard?: (
    task: EvaluationTask,
    resultKey: string,
  ) => Effect.Effect<void, StorageError>;
}

/** What {@link evaluateLayers} fails with, besides the protocols. */
export type EvaluateLayersError = LayerFeaturesError | OptionError;

/**
 * Evaluates layers by protocols, layer by layer, and takes from the cache what
 * was evaluated before.
 *
 * @param task The task.
 * @param layers Some of the model's.
 * @param seed Seed of the split and of the protocols' draws.
 * @param protocols All of them with the same `centreOnly` and `allImages`, and
 * with a `turn` all or none.
 * @param turns Those of evaluations beside this one. Default: there are none.
 * @returns A row for each metric, and the probes that diverged instead; or the
 * other errors of the protocols, of extracting features and of the cache.
 */
export const evaluateLayers: <E, R>(
  task: EvaluationTask,
  layers: readonly EvaluatedLayer[],
  seed: number,
  protocols: readonly Protocol<E, R>[],
  turns?: Pick<EvaluationTurns, "engine">,
) => Effect.Effect<
  EvaluationResult,
  EvaluateLayersError | E,
  Backend | Progress | Scope.Scope | R
> = Effect.fnUntraced(function* <E, R>(
  { crops: taskCrops = "centre", ...rest }: EvaluationTask,
  layers: readonly EvaluatedLayer[],
  seed: number,
  protocols: readonly Protocol<E, R>[],
  { engine }: Pick<EvaluationTurns, "engine"> = { engine: (pass) => pass },
) {
  const [{ centreOnly = false, allImages = false } = {}] = protocols;
  const crops = centreOnly ? "centre" : taskCrops;
  const task: EvaluationTask = { ...rest, crops };
  const { model, images, data } = task;
  const split = allImages
    ? everything(images.size)
    : yield* readableSplit(task, seed);
  const features = yield* engine(trainTestOf(task, layers, split));
  const evaluate = (layer: EvaluatedLayer, protocol: Protocol<E, R>) => {
    const { key, options, run, discard, turn = () => (effect) => effect } =
      protocol;
    const trainTest = features[layer.name]!;
    return cached(
      task.folder,
      { ...inputsOf(task, layer, split), protocol: key, seed, options },
      (resultKey) => run(trainTest, { task, layer, split, resultKey }),
      discard && ((resultKey) => discard(task, resultKey)),
    ).pipe(
      Effect.catchIf(
        (error): error is ProbeDivergedError =>
          error instanceof ProbeDivergedError,
        (error) => Effect.succeed(error),
      ),
      turn(trainTest),
      Effect.map((outcome) => ({ layer, protocol, outcome })),
    );
  };
  const outcomes = yield* Effect.forEach(
    layers.flatMap((layer) =>
      protocols.map((protocol) => [layer, protocol] as const)
    ),
    ([layer, protocol]) => evaluate(layer, protocol),
    {
      concurrency: protocols.some(({ turn }) => turn === undefined)
        ? 1
        : "unbounded",
    },
  );
  const identity = dataIdentityOf(images, split);
  const figures: MetricResult[] = [];
  const diverged: ProbeDivergedError[] = [];
  for (const { layer, protocol, outcome } of outcomes) {
    const { train, test } = features[layer.name]!;
    const { shots } = protocol;
    if (outcome instanceof ProbeDivergedError) {
      const probe = {
        model: model.name,
        layer: layer.name,
        seed,
        ...shots !== undefined && { shots },
      };
      diverged.push(new ProbeDivergedError({ ...outcome, probe }));
      continue;
    }
    const { findings, seconds } = outcome;
    figures.push(...findings.map((metric, i): MetricResult => ({
      model: model.name,
      layer: layer.name,
      protocol: protocol.name(i, findings.length),
      split: allImages ? "all images" : data.description,
      dataIdentity: identity,
      seed,
      crops,
      ...!allImages && {
        learnedFrom: shots === undefined
          ? train.labels.length
          : shots * new Set(train.labels).size,
      },
      images: test.labels.length,
      ...allImages
        ? { classes: images.classNames.length }
        : classCounts(train.labels, test.labels),
      ...metric,
      seconds,
    })));
  }
  return { figures, diverged } satisfies EvaluationResult;
});

const everything = (images: number): Split => ({
  train: new Int32Array(),
  test: Int32Array.from({ length: images }, (_, index) => index),
});
