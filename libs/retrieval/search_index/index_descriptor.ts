/**
 * The model of an index, opened again to describe queries.
 *
 * @module
 */
import { selectLayers } from "@deepcluster/evaluation";
import type { Backend } from "@deepcluster/gpu-backend";
import {
  type EvaluatedModel,
  openModel,
  type OpenModelError,
} from "@deepcluster/runs";
import type { OptionError } from "@deepcluster/core";
import type { CompileLayersError } from "@deepcluster/features";
import { Effect, type Scope } from "effect";
import type { Descriptor } from "../descriptors/descriptor.ts";
import { layerDescriptor } from "../descriptors/layer_descriptor.ts";
import { IndexedModelError } from "./errors.ts";
import type { IndexedModel, IndexSettings } from "./index_settings.ts";

/** What decides how a model describes images. */
export interface DescribedModel {
  /** The model, opened. */
  readonly model: EvaluatedModel;
  /** How it is opened again. */
  readonly opened: Pick<IndexedModel, "path" | "options">;
  /** Name of the layer, in either spelling. */
  readonly layer: string;
  /** Images of a run of the network. Default: 32. */
  readonly batch?: number;
}

/** A descriptor and the settings of its index. */
export interface IndexDescriptor {
  /** Describes images. */
  readonly descriptor: Descriptor;
  /** What an index of it has in `settings.json`. */
  readonly settings: IndexSettings;
}

/** What making a descriptor can fail with. */
export type MakeDescriptorError = CompileLayersError | OptionError;

/**
 * Makes the descriptor of a new index.
 *
 * @param described See {@link DescribedModel}.
 * @returns The descriptor while the scope lasts, and the settings of an index
 * of it; or `OptionError` when there is no such layer, or the errors of
 * compiling.
 */
export const makeIndexDescriptor: (
  described: DescribedModel,
) => Effect.Effect<
  IndexDescriptor,
  MakeDescriptorError,
  Backend | Scope.Scope
> = Effect.fn("makeIndexDescriptor")(
  function* ({ model, opened, layer: name, batch }) {
    const [layer] = yield* selectLayers(model, [name]);
    const descriptor = yield* layerDescriptor(model, layer!, {
      ...batch !== undefined && { batch },
    });
    return {
      descriptor,
      settings: {
        model: { ...opened, name: model.name, identity: model.identity },
        layer: layer!.name,
        columns: descriptor.columns,
        descriptor: descriptor.settings,
      },
    };
  },
);

/** What {@link openIndexDescriptor} fails with. */
export type OpenIndexDescriptorError =
  | IndexedModelError
  | MakeDescriptorError
  | OpenModelError;

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
  Backend | Scope.Scope
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
    const { path, options } = indexed;
    const model = yield* openModel(path, { seed: 1, ...options });
    if (model.identity !== indexed.identity) {
      return yield* new IndexedModelError({
        folder,
        model: path,
        rule: "its model must be the one that it was made with",
        found: "its weights have changed since; make the index again, or " +
          "put the model back",
      });
    }
    const { descriptor } = yield* makeIndexDescriptor({
      model,
      opened: indexed,
      layer: layer ?? "features",
      batch,
    });
    return descriptor;
  },
);
