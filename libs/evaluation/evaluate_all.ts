/**
 * Everything that fits the images, for a model beside untrained weights of the
 * same network and the pixels: the only fair reading of a figure on few images.
 *
 * @module
 */
import { Progress } from "@deepcluster/core";
import type { Backend } from "@deepcluster/gpu-backend";
import type { Assigner } from "@deepcluster/clustering";
import type { EvaluatedLayer } from "@deepcluster/features";
import type { Skipped } from "@deepcluster/metrics";
import {
  type EvaluatedModel,
  pixelsModel,
  randomWeights,
} from "@deepcluster/runs";
import { Effect, type Scope } from "effect";
import {
  type EvaluationTask,
  readableSplit,
  selectLayers,
  trainingLabels,
} from "./task.ts";
import { type EvaluationResult, mergeResults } from "./results.ts";
import {
  evaluateAssignments,
  type EvaluateAssignmentsError,
  evaluateClusters,
  type EvaluateClustersError,
  requireClusters,
} from "./clusters/evaluate_clusters.ts";
import { evaluationTurns } from "./evaluation_turns.ts";
import { evaluateKnn, type EvaluateKnnError } from "./knn/evaluate_knn.ts";
import {
  evaluateLinear,
  type EvaluateLinearError,
  type LinearOptions,
} from "./linear_probe/evaluate_linear.ts";
import {
  evaluateLowShot,
  type EvaluateLowShotError,
} from "./low_shot/evaluate_low_shot.ts";
import { defaultNeighbours, requireNeighbours } from "./knn/knn.ts";
import { defaultTemperature } from "./defaults.ts";
import { defaultShots, requireShots } from "./low_shot/low_shot.ts";
import { settingsOf } from "./linear_probe/probe_options.ts";

/** What {@link evaluateAll} evaluates and how. Default: the usual values. */
export interface AllOptions {
  /** Layers of the linear probes. Default: all. */
  readonly layers?: readonly string[];
  /** How linear probes are trained. */
  readonly probe?: LinearOptions;
  /** Numbers of neighbours. Default: `defaultNeighbours`. */
  readonly k?: readonly number[];
  /** Number of clusters; the run's, else ten for each class, if that many fit. */
  readonly clusters?: number;
  /** Dimensions kept by PCA; the run's, else 256. */
  readonly pca?: number;
  /** Images of a class. Default: `defaultShots`. */
  readonly shots?: readonly number[];
}

/** What {@link evaluateAll} fails with. */
export type EvaluateAllError =
  | EvaluateLinearError
  | EvaluateKnnError
  | EvaluateClustersError
  | EvaluateAssignmentsError
  | EvaluateLowShotError;

/**
 * Evaluates a model, random weights and pixels with one seed. Probes are trained
 * while images go through the next model, and while neighbours and clusters are
 * found.
 *
 * @param task The model before the images.
 * @param seed Names all draws, and the random weights.
 * @param options See {@link AllOptions}.
 * @returns Linear probes, neighbours, clusters, low-shot probes, in this
 * order; within each the pixels, random weights, the model; no figures of
 * probes that diverged; every protocol that was left out, with the reason. Or
 * the errors of the protocols.
 */
export const evaluateAll: (
  task: EvaluationTask,
  seed: number,
  options?: AllOptions,
) => Effect.Effect<
  Required<EvaluationResult>,
  EvaluateAllError,
  Assigner | Backend | Progress | Scope.Scope
> = Effect.fn("evaluateAll")(function* (task, seed, options = {}) {
  const tasks = modelsBeside(task.model, seed)
    .map((model): EvaluationTask => ({ ...task, model }));
  const { clusters, k, pca, shots, skipped } = yield* fitting(
    task,
    seed,
    options,
  );
  const { memoryBytes } = yield* settingsOf({ ...options.probe, seed });
  const turns = yield* evaluationTurns(memoryBytes);
  const layersOf = (names?: readonly string[]) => (model: EvaluatedModel) =>
    selectLayers(model, names ?? model.layers.map(({ name }) => name));
  const [all, clustered] = [layersOf(options.layers), layersOf(["features"])];
  const each = <E, R>(
    layersFor: typeof all,
    evaluate: (
      one: EvaluationTask,
      layers: readonly EvaluatedLayer[],
    ) => Effect.Effect<EvaluationResult, E, R>,
  ) =>
    Effect.forEach(tasks, (one) =>
      Effect.flatMap(
        layersFor(one.model),
        (layers) => evaluate(one, layers),
      ).pipe(namingModel(one.model.name)), atOnce);
  const results = yield* Effect.all([
    each(
      all,
      (one, layers) => evaluateLinear(one, layers, seed, options.probe, turns),
    ),
    each(
      clustered,
      (one, layers) => evaluateKnn(one, layers, seed, { k }, turns),
    ),
    clusters === undefined ? Effect.succeed([]) : each(
      clustered,
      (one, layers) =>
        evaluateClusters(one, layers, seed, { clusters, pca }, turns),
    ),
    Effect.map(ownClusters(task), (own) => [own]),
    shots.length === 0 ? Effect.succeed([]) : each(
      clustered,
      (one, layers) =>
        evaluateLowShot(one, layers, seed, { shots, memoryBytes }, turns),
    ),
  ], atOnce);
  return mergeResults([
    { figures: [], diverged: [], skipped },
    ...results.flat(),
  ]);
});

/** All are started, and wait for their turns; see `evaluationTurns`. */
const atOnce = { concurrency: "unbounded" } as const;

/** Names the model in every event of its progress. */
const namingModel =
  (model: string) => <A, E, R>(evaluate: Effect.Effect<A, E, R>) =>
    Effect.gen(function* () {
      const { report } = yield* Progress;
      const named = (phase: string) =>
        phase.endsWith(` ${model}`) ? phase : `${phase} (${model})`;
      return yield* Effect.provideService(evaluate, Progress, {
        report: (event) => report({ ...event, phase: named(event.phase) }),
      });
    });

/**
 * A model with what it is compared with.
 *
 * @param model The model.
 * @param seed Names the random weights.
 * @returns Pixels, random weights of the same network, the model; each once;
 * there are no random weights of an encoder of others.
 */
export const modelsBeside = (
  model: EvaluatedModel,
  seed: number,
): readonly EvaluatedModel[] => {
  const { network, encoder, size } = model;
  if (encoder !== undefined) return [pixelsModel(size), model];
  if (network === undefined) return [model];
  const random = randomWeights(network, seed);
  const others = [pixelsModel(size), random];
  return model.name === random.name ? others : [...others, model];
};

/**
 * Options, with what is left out chosen to fit the images; checked here, since
 * a protocol that comes last must not refuse what the first could have.
 */
const fitting = Effect.fnUntraced(function* (
  task: EvaluationTask,
  seed: number,
  options: AllOptions,
) {
  const { images, model } = task;
  const training = trainingLabels(task, yield* readableSplit(task, seed));
  const learned = training.labels.length;
  const run = model.run?.configuration;
  const usual = run?.clusters ?? 10 * images.classNames.length;
  const near = defaultNeighbours(learned);
  const few = defaultShots(training);
  const pca = options.pca ?? run?.pca ?? 256;
  const clusters = options.clusters ??
    (usual <= images.size ? usual : undefined);
  const k = options.k ?? near.k;
  const shots = options.shots ?? few.shots;
  if (clusters !== undefined) {
    yield* requireClusters(clusters, pca, images.size);
  }
  yield* requireNeighbours(k, defaultTemperature, learned);
  yield* requireShots(training, shots);
  const skipped: readonly Skipped[] = [
    ...options.k ? [] : near.skipped,
    ...clusters !== undefined ? [] : [{
      what: `k-means, k = ${usual}`,
      reason: `${images.size} images; --clusters sets another number`,
    }],
    ...options.shots ? [] : few.skipped,
  ];
  return { clusters, k, pca, shots, skipped };
});

/** A run on other images has no clusters of these. */
const ownClusters = Effect.fnUntraced(function* (task: EvaluationTask) {
  const { run } = task.model;
  if (run === undefined) return { figures: [], diverged: [] };
  return yield* evaluateAssignments(task, run).pipe(
    Effect.catchTags({
      ForeignAssignmentsError: ({ images, labelled, other }) =>
        Effect.succeed<EvaluationResult>({
          figures: [],
          diverged: [],
          skipped: [{
            what: "the run's own clusters",
            reason: other === undefined
              ? `${labelled} of the run's ${images} images are among these`
              : `other content than the run's: ${other}`,
          }],
        }),
    }),
  );
});
