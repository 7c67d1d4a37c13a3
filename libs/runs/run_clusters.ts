/**
 * The clusters of a run, for images that it was not trained on: the whitening
 * and the centroids of an epoch, applied with the code that training applied
 * them with.
 *
 * Paper: sections 3.2 and 3.4. The clustering of epoch N is of the features of
 * the weights at the end of epoch N - 1: only with these weights are its
 * clusters those of the run.
 *
 * @module
 */
import {
  type AppliedWhitening,
  type ApplyWhiteningError,
  Assigner,
  whitenRows,
} from "@deepcluster/clustering";
import { type Matrix, matrix, rowsOf, type Tensors } from "@deepcluster/core";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import {
  type CheckpointStore,
  folderStore,
  loadTensors,
  type StorageError,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { NoClustersError } from "./errors.ts";
import {
  type EvaluatedModel,
  type EvaluatedRun,
  openModel,
  type OpenModelError,
} from "./open_model.ts";
import { readRun } from "./run_folder.ts";

/** The cluster of each image, with its distance. */
export interface AssignedFeatures {
  /** `[n]`, from 0: the nearest of the centroids. */
  readonly clusters: Int32Array;
  /** `[n]` Euclidean distances to it, 0 to 2. */
  readonly distances: Float32Array;
}

/** The clusters of one epoch of a run. */
export interface RunClusters {
  /** Epoch of the clustering, from 1. */
  readonly epoch: number;
  /** The model whose features were clustered: the end of epoch - 1. */
  readonly model: EvaluatedModel & { readonly run: EvaluatedRun };
  /** `[k, c]`. */
  readonly centroids: Matrix;
  /** What makes points of features, d to c dimensions. */
  readonly whitening: AppliedWhitening;
  /** `[n]` clusters of the run's own images, in the order of `images.tsv`. */
  readonly assignments: Int32Array;
  /**
   * `[n]` distances of the run's own images; absent in the runs of versions
   * that did not keep them.
   */
  readonly distances?: Float32Array;
  /** Newer clusterings that were skipped, each with the reason. */
  readonly skipped: readonly string[];
  /**
   * Assigns images by their output of the layer `features` of
   * {@link RunClusters.model}, `[n, d]`. What an image gets does not depend on
   * the others. Fails when a feature is not finite, d is another, or the
   * engine fails.
   */
  readonly assign: (
    features: Matrix,
  ) => Effect.Effect<AssignedFeatures, ApplyWhiteningError | BackendError>;
}

/** Which clusters {@link openRunClusters} opens. */
export interface RunClustersOptions {
  /** Epoch of the clustering. Default: the newest with its weights. */
  readonly epoch?: number | undefined;
}

/** What {@link openRunClusters} can fail with. */
export type OpenRunClustersError =
  | NoClustersError
  | OpenModelError
  | StorageError;

/**
 * Opens the newest clusters of a run whose files are intact, together with the
 * weights whose features were clustered.
 *
 * @param run The run folder.
 * @param options See {@link RunClustersOptions}.
 * @returns The clusters, or `NoClustersError`, or the errors of the run folder.
 */
export const openRunClusters: (
  run: string,
  options?: RunClustersOptions,
) => Effect.Effect<RunClusters, OpenRunClustersError, Assigner | Backend> =
  Effect.fn("openRunClusters")(function* (run, { epoch } = {}) {
    const backend = yield* Backend;
    const assigner = yield* Assigner;
    yield* readRun(run);
    const store = folderStore(run);
    const problems: string[] = [];
    const skip = (error: Error) =>
      Effect.sync(() => void problems.push(error.message));
    const files = yield* clusteringsOf(store);
    for (const file of files) {
      if (epoch !== undefined && file.epoch !== epoch) continue;
      const clustering = yield* loadTensors(store, file.path).pipe(
        Effect.catchTags({
          CorruptArtifactError: skip,
          SafetensorsError: skip,
        }),
      );
      if (clustering === undefined) continue;
      const missing = needed.filter((name) => !(name in clustering.tensors));
      if (missing.length > 0) {
        problems.push(`${file.path} lacks ${missing.join(", ")}`);
        continue;
      }
      const before = { epoch: file.epoch - 1, seed: 0 };
      const model = yield* openModel(run, before).pipe(
        Effect.catchTags({
          NoCheckpointError: () =>
            Effect.sync(() =>
              void problems.push(
                `epoch ${file.epoch} has no intact checkpoint of the end of ` +
                  `epoch ${before.epoch}`,
              )
            ),
        }),
      );
      if (model?.run === undefined) continue;
      const clusters = fromTensors(clustering.tensors);
      return {
        epoch: file.epoch,
        model: { ...model, run: model.run },
        skipped: problems,
        ...clusters,
        assign: (features) =>
          assign(features, clusters.whitening, clusters.centroids).pipe(
            Effect.provideService(Backend, backend),
            Effect.provideService(Assigner, assigner),
          ),
      };
    }
    if (problems.length === 0 && files.length > 0) {
      const epochs = files.map((file) => file.epoch).join(", ");
      problems.push(`it holds those of epochs ${epochs}`);
    }
    return yield* new NoClustersError({ run, epoch, problems });
  });

/** Finished clusterings, newest first; not the iterations saved in between. */
const clusteringsOf = Effect.fnUntraced(function* (
  store: CheckpointStore["Service"],
) {
  return (yield* store.list("clusters/epoch-"))
    .flatMap((path) => {
      const [, epoch] = /-(\d{4,})\.safetensors$/.exec(path) ?? [];
      const isIteration = path.includes("-iteration-");
      return epoch === undefined || isIteration
        ? []
        : [{ path, epoch: Number(epoch) }];
    })
    .sort((a, b) => b.epoch - a.epoch);
});

const needed = ["centroids", "labels", "mean", "projection"];

const fromTensors = (tensors: Tensors) => {
  const floats = (name: string) => tensors[name]!.data as Float32Array;
  const asMatrix = (name: string): Matrix => {
    const [rows, columns] = tensors[name]!.shape;
    return matrix(rows!, columns!, floats(name));
  };
  const whitening: AppliedWhitening = {
    mean: floats("mean"),
    projection: asMatrix("projection"),
  };
  return {
    whitening,
    centroids: asMatrix("centroids"),
    assignments: tensors["labels"]!.data as Int32Array,
    ...tensors["distances"] && { distances: floats("distances") },
  };
};

/**
 * Rows that are whitened at a time, always as many: engines may add up
 * products of other heights in another order.
 */
const blockHeight = 256;

const assign = Effect.fnUntraced(function* (
  features: Matrix,
  whitening: AppliedWhitening,
  centroids: Matrix,
) {
  const { rows, columns, data } = features;
  const clusters = new Int32Array(rows);
  const distances = new Float32Array(rows);
  for (let start = 0; start < rows; start += blockHeight) {
    const count = Math.min(blockHeight, rows - start);
    const block = matrix(blockHeight, columns);
    block.data.set(data.subarray(start * columns, (start + count) * columns));
    const points = yield* whitenRows(rowsOf(block), whitening);
    const some = matrix(
      count,
      points.columns,
      points.data.subarray(0, count * points.columns),
    );
    const { assignments, ...squared } = yield* (yield* Assigner).assign(
      some,
      centroids,
    );
    clusters.set(assignments, start);
    distances.set(Float32Array.from(squared.distances, Math.sqrt), start);
  }
  return { clusters, distances };
});
