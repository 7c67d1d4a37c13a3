/**
 * The model of an index, opened.
 *
 * The vectors of a run are those that its clusters are of: of the weights of
 * the end of the epoch before the clustering.
 *
 * @module
 */
import type { Assigner } from "@deepcluster/clustering";
import type { Backend } from "@deepcluster/gpu-backend";
import {
  type EvaluatedModel,
  openModel,
  type OpenModelError,
  type OpenModelOptions,
  openRunClusters,
  type OpenRunClustersError,
  type RunClusters,
} from "@deepcluster/runs";
import { kindOf, type StorageError } from "@deepcluster/storage";
import { Effect } from "effect";
import type { IndexedModel } from "./index_settings.ts";

/** A model to be indexed with. */
export interface IndexModel {
  /** The model. */
  readonly model: EvaluatedModel;
  /** Its clusters, where it is a run that has some. */
  readonly clusters?: RunClusters;
  /** How it is opened again. */
  readonly opened: Pick<IndexedModel, "path" | "options">;
}

/** What {@link openIndexModel} fails with. */
export type OpenIndexModelError =
  | OpenModelError
  | OpenRunClustersError
  | StorageError;

/**
 * Opens a model to make an index with.
 *
 * @param path Absolute path, or `random` or `pixels`.
 * @param options How it is opened; `epoch` of a run is that of the clustering.
 * @param use Whether a run's clusters are opened. Default: true.
 * @returns The model, a run's with its clusters where it has some; or the
 * errors of opening.
 */
export const openIndexModel: (
  path: string,
  options: OpenModelOptions,
  use?: { readonly clusters?: boolean },
) => Effect.Effect<IndexModel, OpenIndexModelError, Assigner | Backend> = Effect
  .fn("openIndexModel")(function* (path, options, use = {}) {
    const isFolder = use.clusters !== false && path !== "random" &&
      path !== "pixels" &&
      (yield* kindOf(path)) === "folder";
    const clusters = isFolder
      ? yield* openRunClusters(path, { epoch: options.epoch }).pipe(
        Effect.catchIf(
          (error) =>
            error._tag === "NoClustersError" && error.problems.length === 0 &&
            options.epoch === undefined,
          () => Effect.succeed(undefined),
        ),
      )
      : undefined;
    if (clusters !== undefined) {
      const { model, epoch } = clusters;
      return { model, clusters, opened: { path, options: { epoch } } };
    }
    const model = yield* openModel(path, options);
    const epoch = model.run?.epoch;
    return {
      model,
      opened: {
        path,
        options: { ...options, ...epoch !== undefined && { epoch } },
      },
    };
  });
