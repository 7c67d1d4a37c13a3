/**
 * The key under which the features of a model are kept, made of everything that
 * decides them.
 *
 * @module
 */
import type { EngineIdentity } from "@deepcluster/gpu-backend";
import { keyOf } from "@deepcluster/storage";
import type { Crops } from "./crops.ts";
import type { EvaluatedLayer } from "./layer_pools.ts";

/**
 * Version of what is computed: crops, the network's pass, poolings. A change of
 * the code that changes a feature for the same inputs raises it, one of an
 * engine's lowerings too; features of the earlier code are then no longer
 * found. 3: convolutions of many channels by Winograd's tiles; 4: by other
 * tiles, and more of them; 5: filters that never change are transformed by one
 * product; 6: normalisation by constant statistics is part of the filters.
 */
export const featuresVersion = 6;

/** What decides the features of a layer. */
export interface FeaturesInputs {
  /** See {@link modelIdentity}. */
  readonly model: string;
  /** See {@link imagesIdentity}. */
  readonly images: string;
  /** Views of an image. */
  readonly crops: Crops;
  /** Images of a run of the network: other counts may give other bits. */
  readonly batch: number;
  /** What computes. */
  readonly engine: EngineIdentity;
}

/**
 * Names the folder for the features of a model's layers.
 *
 * @param inputs See {@link FeaturesInputs}.
 * @returns 24 hexadecimal digits.
 */
export const featuresKey = (inputs: FeaturesInputs): string =>
  keyOf({ ...inputs, versions: [featuresVersion] });

/**
 * Names the file for the features of a layer, within that folder.
 *
 * @param layer Its output and its pooling count, not its name alone, of which
 * characters that file names should not have are replaced.
 * @returns Such as `conv1-0123456789ab.f32`.
 */
export const layerFile = (layer: EvaluatedLayer): string =>
  `${layer.name.replaceAll(/[^\w.-]/g, "_")}-${
    keyOf(layerInKeys(layer)).slice(0, 12)
  }.f32`;

/**
 * Returns a layer as keys know it: under the names of the fields in version
 * 0.1.0, so that caches of that version are still found.
 *
 * @param layer The layer.
 * @returns Plain data.
 */
export const layerInKeys = (
  { layerOutput, ...layer }: EvaluatedLayer,
): Readonly<Record<string, unknown>> => ({ ...layer, tap: layerOutput });
