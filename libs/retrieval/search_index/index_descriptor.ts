/**
 * The model of an index: how it is opened, and opened again for queries.
 *
 * The vectors of a run are those that its clusters are of: of the weights of
 * the end of the epoch before the clustering.
 *
 * @module
 */
import type { Assigner } from "@deepcluster/clustering";
import type { Matrix, OptionError } from "@deepcluster/core";
import { selectLayers } from "@deepcluster/evaluation";
import type { CompileLayersError } from "@deepcluster/features";
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
import { Effect, type Scope } from "effect";
import type { Descriptor } from "../descriptors/descriptor.ts";
import { layerDescriptor } from "../descriptors/layer_descriptor.ts";
import { IndexedModelError } from "./errors.ts";
import type { IndexedModel, IndexSettings } from "./index_settings.ts";

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
 * @returns The model, a run's with its clusters where it has some; or the
 * errors of opening.
 */
export const openIndexModel: (
  path: string,
  options: OpenModelOptions,
) => Effect.Effect<IndexModel, OpenIndexModelError, Assigner | Backend> = Effect
  .fn("openIndexModel")(function* (path, options) {
    const isFolder = path !== "random" && path !== "pixels" &&
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

/** What {@link makeIndexDescriptor} needs besides the model. */
export interface IndexDescriptorOptions {
  /** Name of the layer, in either spelling. Default: `features`. */
  readonly layer?: string;
  /** Images of a run of the network. Default: the descriptor's own. */
  readonly batch?: number;
}

/** A descriptor and the settings of its index. */
export interface IndexDescriptor {
  /** Describes images. */
  readonly descriptor: Descriptor;
  /** What an index of it has in `settings.json`. */
  readonly settings: IndexSettings;
  /** `[k, c]` centroids of the run, where the descriptor gives clusters. */
  readonly centroids?: Matrix;
}

/** What making a descriptor can fail with. */
export type MakeDescriptorError = CompileLayersError | OptionError;

/**
 * Makes the descriptor of a new index.
 *
 * @param opened The model.
 * @param options See {@link IndexDescriptorOptions}.
 * @returns The descriptor while the scope lasts, and the settings of an index
 * of it; or `OptionError` when there is no such layer, or the errors of
 * compiling.
 */
export const makeIndexDescriptor: (
  opened: IndexModel,
  options?: IndexDescriptorOptions,
) => Effect.Effect<
  IndexDescriptor,
  MakeDescriptorError,
  Backend | Scope.Scope
> = Effect.fn("makeIndexDescriptor")(
  function* ({ model, clusters, opened }, options = {}) {
    const { layer: name = "features", batch } = options;
    const [layer] = yield* selectLayers(model, [name]);
    const descriptor = yield* layerDescriptor(model, layer!, {
      ...batch !== undefined && { batch },
      ...clusters !== undefined && { clusters },
    });
    return {
      descriptor,
      settings: {
        model: { ...opened, name: model.name, identity: model.identity },
        layer: layer!.name,
        columns: descriptor.columns,
        descriptor: descriptor.settings,
      },
      ...clusters !== undefined && { centroids: clusters.centroids },
    };
  },
);

/** What {@link openIndexDescriptor} fails with. */
export type OpenIndexDescriptorError =
  | IndexedModelError
  | MakeDescriptorError
  | OpenIndexModelError;

/**
 * Opens the model of an index again, to describe queries.
 *
 * Another engine, or another number of its threads, describes images up to
 * rounding as the index has them.
 *
 * @param index The index: its folder and settings.
 * @param options Images of a run of the network. Default: 1, as for queries.
 * @returns The descriptor while the scope lasts; or `IndexedModelError` when
 * the index is one of given vectors, or its model has other weights now; or
 * the errors of opening and compiling the model.
 */
export const openIndexDescriptor: (
  index: { readonly folder: string; readonly settings: IndexSettings },
  options?: { readonly batch?: number },
) => Effect.Effect<
  Descriptor,
  OpenIndexDescriptorError,
  Assigner | Backend | Scope.Scope
> = Effect.fn("openIndexDescriptor")(
  function* ({ folder, settings }, { batch = 1 } = {}) {
    const { model: indexed, layer } = settings;
    if (indexed === undefined) {
      return yield* new IndexedModelError({
        folder,
        model: "none",
        rule: "the index must have a model",
        found: "it was made of given vectors",
      });
    }
    const opened = yield* openIndexModel(indexed.path, {
      seed: 1,
      ...indexed.options,
    });
    if (opened.model.identity !== indexed.identity) {
      return yield* new IndexedModelError({
        folder,
        model: indexed.path,
        rule: "its model must be the one that it was made with",
        found: "its weights have changed since; make the index again, or " +
          "put the model back",
      });
    }
    const { descriptor } = yield* makeIndexDescriptor(opened, {
      ...layer !== undefined && { layer },
      batch,
    });
    return descriptor;
  },
);
