/**
 * How well clusters agree with labels: those that a run found, or those that
 * k-means finds in a layer's output.
 *
 * Paper: section 4.1, equation 3; sections 3.2 and 3.4 for fresh clusters.
 *
 * @module
 */
import type { Backend } from "@deepcluster/gpu-backend";
import type { ForeignAssignmentsError } from "./assignments_errors.ts";
import {
  type ApplyWhiteningError,
  type Assigner,
  fitWhitening,
  kmeans,
  type KMeansError,
  type WhiteningError,
  whitenRows,
} from "@deepcluster/clustering";
import {
  heldRows,
  type OptionError,
  type Progress,
  requireCount,
  requireOption,
} from "@deepcluster/core";
import type { EvaluatedLayer } from "@deepcluster/features";
import {
  type ClusterAgreement,
  clusterAgreement,
  type ClusterAgreementError,
  type Metric,
} from "@deepcluster/metrics";
import { type EvaluatedRun, readAssignments } from "@deepcluster/runs";
import {
  type CorruptJournalError,
  folderStore,
  type StorageError,
  type TableError,
} from "@deepcluster/storage";
import { Effect, type Scope } from "effect";
import { dataIdentity } from "../cache_keys.ts";
import { type EvaluationTurns, evaluationTurns } from "../evaluation_turns.ts";
import { evaluateLayers, type EvaluateLayersError } from "../protocol.ts";
import type { EvaluationTask, TrainTest } from "../task.ts";
import type { EvaluationResult, MetricResult } from "../results.ts";
import { sourceIndicesOfRun } from "./run_source_indices.ts";

/** How fresh clusters are found. */
export interface ClusterOptions {
  /** Number of clusters. */
  readonly clusters: number;
  /** Dimensions kept by PCA; 256 when absent, fewer where there are fewer. */
  readonly pca?: number;
  /** Lloyd iterations. Default: 20. */
  readonly iterations?: number;
}

/** What {@link evaluateClusters} fails with. */
export type EvaluateClustersError =
  | EvaluateLayersError
  | ClusterAgreementError
  | KMeansError
  | ApplyWhiteningError
  | WhiteningError;

/**
 * Clusters all labelled images anew, as one epoch of training does, and
 * compares the clusters with the labels.
 *
 * The whole matrix of reduced features is held in memory: `4 n pca` bytes.
 *
 * @param task The task; the centre crop only.
 * @param layers Some of the model's.
 * @param seed Names the draws of PCA and k-means.
 * @param options See {@link ClusterOptions}.
 * @param turns Those of evaluations beside this one. Default: there are none.
 * @returns NMI by both averagings, purity and adjusted Rand index for each
 * layer; or the errors of clustering and of extracting features.
 */
export const evaluateClusters: (
  task: EvaluationTask,
  layers: readonly EvaluatedLayer[],
  seed: number,
  options: ClusterOptions,
  turns?: EvaluationTurns,
) => Effect.Effect<
  EvaluationResult,
  EvaluateClustersError,
  Assigner | Backend | Progress | Scope.Scope
> = Effect.fn("evaluateClusters")(function* (
  task,
  layers,
  seed,
  { clusters: k, pca = 256, iterations = 20 },
  given,
) {
  yield* requireClusters(k, pca, task.images.size);
  const turns = given ?? (yield* evaluationTurns());
  const options = { clusters: k, pca, iterations };
  const protocol = clustersProtocol(options, seed, turns);
  return yield* evaluateLayers(task, layers, seed, [protocol], turns);
});

/** PCA-whitening and k-means of all images, compared with their labels. */
const clustersProtocol = (
  { clusters: k, pca, iterations }: Required<ClusterOptions>,
  seed: number,
  turns: EvaluationTurns,
) => ({
  key: "clusters" as const,
  options: { clusters: k, pca, iterations },
  centreOnly: true,
  allImages: true,
  turn: ({ train, test }: TrainTest) =>
    turns.features([train.features, test.features]),
  name: () => `k-means, k = ${k}, PCA ${pca}`,
  run: Effect.fnUntraced(function* (
    { test: { features, labels } }: TrainTest,
  ) {
    // Whitening passes over them a dozen times.
    const rows = yield* heldRows(features, turns.featuresBytes);
    const whitening = yield* fitWhitening(rows, { components: pca, seed });
    const reduced = yield* whitenRows(rows, whitening);
    const { assignments } = yield* kmeans(reduced, { k, iterations, seed });
    const kept = whitening.projection.columns;
    return statistics(yield* clusterAgreement(labels, assignments))
      .map((finding): Metric => ({
        ...finding,
        dimensions: { asked: pca, kept },
      }));
  }),
});

/**
 * Checks how images are to be clustered, which needs no features.
 *
 * @param k Number of clusters.
 * @param pca Dimensions kept by PCA.
 * @param images Number of images.
 * @returns Nothing, or `OptionError`.
 */
export const requireClusters: (
  k: number,
  pca: number,
  images: number,
) => Effect.Effect<void, OptionError> = Effect.fnUntraced(function* (
  k,
  pca,
  images,
) {
  yield* requireCount(action, "pca", pca, 1);
  const holds = Number.isInteger(k) && k >= 1 && k <= images;
  const rule = `a whole number from 1 to the ${images} images`;
  yield* requireOption(action, "clusters", rule, k, holds);
});

const action = "cluster images";

/** What {@link evaluateAssignments} fails with. */
export type EvaluateAssignmentsError =
  | ClusterAgreementError
  | CorruptJournalError
  | ForeignAssignmentsError
  | StorageError
  | TableError;

/**
 * Compares the clusters that a run found with labels.
 *
 * @param task The run's model, and labelled images, among them all of the run
 * by name and by content.
 * @param run The run: its clusters are those of the model's epoch.
 * @returns The statistics of {@link evaluateClusters}, or
 * `ForeignAssignmentsError` when an image of the run is not among the data, or
 * the errors of reading the run's tables.
 */
export const evaluateAssignments: (
  task: Pick<EvaluationTask, "model" | "data" | "images">,
  run: EvaluatedRun,
) => Effect.Effect<
  EvaluationResult,
  EvaluateAssignmentsError
> = Effect.fn("evaluateAssignments")(function* (
  { model: { name }, data, images },
  { folder, epoch, configuration },
) {
  const { paths, clusters } = yield* readAssignments(
    folderStore(folder),
    epoch,
  );
  const sourceIndices = yield* sourceIndicesOfRun(folder, paths, {
    data,
    images,
  });
  const classes = sourceIndices.map((sourceIndex) =>
    data.labels.classes[sourceIndex]!
  );
  const agreement = yield* clusterAgreement(classes, clusters);
  const none = new Int32Array();
  const identity = dataIdentity({
    digests: images.digests,
    train: { images: none, labels: none },
    test: { images: sourceIndices, labels: classes },
  });
  const figures = statistics(agreement).map((metric): MetricResult => ({
    model: name,
    layer: "assignments",
    protocol: `the run's own clusters, k = ${configuration.clusters}`,
    split: "all images of the run",
    dataIdentity: identity,
    seed: configuration.seed,
    crops: "centre",
    images: agreement.images,
    classes: agreement.classes,
    ...metric,
    seconds: 0,
  }));
  return { figures, diverged: [] } satisfies EvaluationResult;
});

const statistics = (found: ClusterAgreement): readonly Metric[] => [
  { statistic: "NMI, geometric mean", value: found.nmiGeometric },
  { statistic: "NMI, arithmetic mean", value: found.nmiArithmetic },
  { statistic: "purity", value: found.purity },
  { statistic: "adjusted Rand index", value: found.adjustedRand },
];
