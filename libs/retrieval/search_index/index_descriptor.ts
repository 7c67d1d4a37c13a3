/**
 * The descriptor of an index: made for a new one, opened again for queries.
 *
 * @module
 */
import type { Assigner } from "@deepcluster/clustering";
import type { Matrix, OptionError } from "@deepcluster/core";
import { selectLayers } from "@deepcluster/evaluation";
import type { CompileLayersError } from "@deepcluster/features";
import type { Backend } from "@deepcluster/gpu-backend";
import {
  differences,
  folderStore,
  type LoadTensorsError,
} from "@deepcluster/storage";
import { Effect, type Scope } from "effect";
import type { Descriptor } from "../descriptors/descriptor.ts";
import { layerDescriptor } from "../descriptors/layer_descriptor.ts";
import type { NoMapError } from "../rmac/errors.ts";
import type { RegionVectorsError } from "../rmac/region_vectors.ts";
import {
  type RmacDescriptor,
  rmacDescriptor,
} from "../rmac/rmac_descriptor.ts";
import { loadRmacPca } from "../rmac/rmac_pca.ts";
import { IndexedModelError } from "./errors.ts";
import {
  type IndexModel,
  openIndexModel,
  type OpenIndexModelError,
} from "./index_model.ts";
import type { IndexSettings, RmacSettings } from "./index_settings.ts";

/** What {@link makeIndexDescriptor} needs besides the model. */
export interface IndexDescriptorOptions {
  /** Name of the layer, in either spelling. Default: `features`. */
  readonly layer?: string;
  /** R-MAC instead of a layer. */
  readonly rmac?: RmacSettings;
  /** Images of a run of the network. Default: the descriptor's own. */
  readonly batch?: number;
}

/** A descriptor and the settings of its index. */
export interface IndexDescriptor {
  /** Describes images; of R-MAC, it also knows their regions. */
  readonly descriptor: Descriptor | RmacDescriptor;
  /** What an index of it has in `settings.json`. */
  readonly settings: IndexSettings;
  /** `[k, c]` centroids of the run, where the descriptor gives clusters. */
  readonly centroids?: Matrix;
}

/** What making a descriptor can fail with. */
export type MakeDescriptorError =
  | CompileLayersError
  | LoadTensorsError
  | NoMapError
  | OptionError
  | RegionVectorsError;

/**
 * Makes the descriptor of an index.
 *
 * @param folder The index folder, where the PCA of R-MAC lies.
 * @param opened The model.
 * @param options See {@link IndexDescriptorOptions}.
 * @returns The descriptor while the scope lasts, and the settings of an index
 * of it; or `OptionError` when there is no such layer, or the errors of
 * compiling and of loading the PCA.
 */
export const makeIndexDescriptor: (
  folder: string,
  opened: IndexModel,
  options?: IndexDescriptorOptions,
) => Effect.Effect<
  IndexDescriptor,
  MakeDescriptorError,
  Backend | Scope.Scope
> = Effect.fn("makeIndexDescriptor")(
  function* (folder, { model, clusters, opened }, options = {}) {
    const { layer: name = "features", batch, rmac } = options;
    const settings = {
      model: { ...opened, name: model.name, identity: model.identity },
    };
    if (rmac !== undefined) {
      const { size, pca } = rmac;
      const descriptor = yield* rmacDescriptor(model, {
        size,
        ...pca !== undefined &&
          { pca: yield* loadRmacPca(folderStore(folder), pca) },
      });
      const { columns, settings: own } = descriptor;
      return {
        descriptor,
        settings: { ...settings, rmac, columns, descriptor: own },
      };
    }
    const [layer] = yield* selectLayers(model, [name]);
    const descriptor = yield* layerDescriptor(model, layer!, {
      ...batch !== undefined && { batch },
      ...clusters !== undefined && { clusters },
    });
    return {
      descriptor,
      settings: {
        ...settings,
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
 * rounding as the index has them. So does another version of this program at
 * best, and a warning says so.
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
  Descriptor | RmacDescriptor,
  OpenIndexDescriptorError,
  Assigner | Backend | Scope.Scope
> = Effect.fn("openIndexDescriptor")(
  function* ({ folder, settings }, { batch = 1 } = {}) {
    const { model: indexed, layer, rmac } = settings;
    if (indexed === undefined) {
      return yield* new IndexedModelError({
        folder,
        model: "none",
        rule: "the index must have a model",
        found: "it was made of given vectors",
      });
    }
    const { path, options } = indexed;
    const clusters = settings.descriptor["clusters"] !== undefined;
    const opened = yield* openIndexModel(
      path,
      { seed: 1, ...options },
      { clusters },
    );
    if (opened.model.identity !== indexed.identity) {
      return yield* new IndexedModelError({
        folder,
        model: path,
        rule: "its model must be the one that it was made with",
        found: "its weights have changed since; make the index again, or " +
          "put the model back",
      });
    }
    const { descriptor } = yield* makeIndexDescriptor(folder, opened, {
      ...layer !== undefined && { layer },
      ...rmac !== undefined && { rmac },
      batch,
    });
    const changed = differences(
      { versions: settings.descriptor["versions"] },
      { versions: descriptor.settings["versions"] },
    );
    if (changed.length > 0) {
      yield* Effect.logWarning(
        `Another version made the index in ${folder} ` +
          `(${changed.join("; ")}): the vectors of images that you search by ` +
          "may differ from its own by rounding or more; for both of this " +
          "version, index its images under another --index",
      );
    }
    return descriptor;
  },
);
