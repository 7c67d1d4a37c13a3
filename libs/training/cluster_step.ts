/**
 * The clustering of one epoch, saved between iterations.
 *
 * Paper: section 3.2. The seed of k-means is new in every epoch, as in the
 * authors' code.
 *
 * @module
 */
import {
  type Clustering,
  formatHistory,
  formatReport,
  kmeans,
  type KMeansOptions,
  type KMeansState,
  parseHistory,
  reportClustering,
} from "@deepcluster/clustering";
import {
  draws,
  floatTensor,
  intTensor,
  type Matrix,
  matrix,
  Progress,
  type Tensor,
} from "@deepcluster/core";
import { inEpoch, writeAssignments } from "@deepcluster/runs";
import {
  ArtifactRef,
  CheckpointStore,
  loadTensors,
  saveTensors,
} from "@deepcluster/storage";
import { Effect, Schema } from "effect";
import { Run } from "./run.ts";

/** What a clustering leaves in the run folder. */
export const ClusteringFiles = Schema.Struct({
  /** Centroids, and the cluster of each image with its distance. */
  clustering: ArtifactRef,
  /** Figures of the clustering, as JSON. */
  report: ArtifactRef,
  /** Table of path and cluster. */
  assignments: ArtifactRef,
});

/**
 * Clusters the reduced features of an epoch and writes the result: the
 * table of path and cluster, the figures, and what assigns further images:
 * whitening and centroids.
 *
 * Started again after a kill, it resumes from the newest saved iteration.
 *
 * @param epoch From 1.
 * @param reduced Features that `featuresStep` saved, `[n, d]`.
 * @param before Clustering of the epoch before, to be compared with.
 * @returns References to the three files, or the errors of clustering, of the
 * engine and of the run folder.
 */
export const clusterStep = Effect.fn("clusterStep")(function* (
  epoch: number,
  reduced: ArtifactRef,
  before: ArtifactRef | undefined,
) {
  const { configuration, images } = yield* Run;
  const store = yield* CheckpointStore;
  const { features, ...whitening } =
    (yield* loadTensors(store, reduced)).tensors;
  const points = asMatrix(features!);
  const previous = before ? yield* loadAssignments(before) : undefined;
  const options = {
    k: configuration.clusters,
    iterations: configuration.kmeansIterations,
    seed: draws(configuration.seed, "kmeans", epoch).integer(2 ** 32),
  };
  const clustering = yield* clusterAndSave(epoch, points, options);
  const report = yield* reportClustering(
    clustering,
    previous ? { previous } : {},
  );
  return {
    clustering: yield* saveTensors(
      store,
      inEpoch("clusters", epoch, ".safetensors"),
      {
        ...toTensors(clustering.state, clustering.assignments),
        distances: floatTensor(
          [clustering.distances.length],
          Float32Array.from(clustering.distances, Math.sqrt),
        ),
        ...whitening,
      },
    ),
    report: yield* store.put(
      inEpoch("clusters", epoch, ".json"),
      new TextEncoder().encode(formatReport(report)),
    ),
    assignments: yield* writeAssignments(store, epoch, {
      paths: Array.from({ length: images.size }, (_, i) => images.id(i)),
      clusters: clustering.assignments,
    }),
  };
});

/**
 * Reads the assignments of a finished clustering.
 *
 * @param clustering Reference that {@link clusterStep} returned.
 * @returns Cluster of each image, shape `[n]`, or the store's errors.
 */
export const loadAssignments = Effect.fnUntraced(function* (
  clustering: ArtifactRef,
) {
  const { tensors } = yield* loadTensors(yield* CheckpointStore, clustering);
  return tensors["labels"]!.data as Int32Array;
});

const clusterAndSave = Effect.fnUntraced(function* (
  epoch: number,
  points: Matrix,
  options: Required<KMeansOptions>,
) {
  const { saveEveryMs } = yield* Run;
  const progress = yield* Progress;
  const onProgress = ({ history }: KMeansState) =>
    progress.report({
      phase: "cluster",
      epoch,
      done: history.length,
      total: options.iterations,
      unit: "iterations",
      // The mean squared distance, as reports have it.
      ...history.length > 0 && {
        figures: { loss: history.at(-1)!.loss / points.rows },
      },
    });
  const save = (state: KMeansState) => saveState(epoch, state);
  return yield* kmeans(
    points,
    { ...options, save, saveEveryMs, onProgress },
    yield* newestSaved(epoch),
  );
});

const savedPrefix = (epoch: number) => inEpoch("clusters", epoch, "-iteration");

const saveState = Effect.fnUntraced(function* (
  epoch: number,
  state: KMeansState,
) {
  const store = yield* CheckpointStore;
  const iteration = String(state.history.length).padStart(4, "0");
  yield* saveTensors(
    store,
    `${savedPrefix(epoch)}-${iteration}.safetensors`,
    toTensors(state, state.assignments),
    { history: formatHistory(state.history) },
  );
});

/** The newest saved iteration that is intact; damaged ones are skipped. */
const newestSaved = Effect.fnUntraced(function* (epoch: number) {
  const store = yield* CheckpointStore;
  for (const path of (yield* store.list(savedPrefix(epoch))).toReversed()) {
    const file = yield* Effect.option(loadTensors(store, path));
    if (file._tag === "None") {
      yield* Effect.logWarning(`Skipped ${path}: it is damaged`);
      continue;
    }
    const { tensors, metadata } = file.value;
    return {
      centroids: asMatrix(tensors["centroids"]!),
      assignments: tensors["labels"]!.data as Int32Array,
      history: parseHistory(metadata["history"]!),
    } satisfies KMeansState;
  }
  return undefined;
});

/**
 * Removes what an epoch needs no more once it is clustered: its reduced
 * features and the iterations saved in between.
 *
 * @param epoch From 1.
 * @param reduced Features that were clustered.
 * @returns Nothing, or `StorageError`.
 */
export const removeTransient = Effect.fnUntraced(function* (
  epoch: number,
  reduced: ArtifactRef,
) {
  const store = yield* CheckpointStore;
  const saved = yield* store.list(savedPrefix(epoch));
  yield* Effect.forEach([reduced.path, ...saved], store.remove);
});

const asMatrix = ({ shape, data }: Tensor): Matrix =>
  matrix(shape[0]!, shape[1]!, data as Float32Array);

const toTensors = (
  { centroids: { rows, columns, data } }: Pick<
    Clustering["state"],
    "centroids"
  >,
  assignments: Int32Array,
) => ({
  centroids: floatTensor([rows, columns], data),
  labels: intTensor([assignments.length], assignments),
});
