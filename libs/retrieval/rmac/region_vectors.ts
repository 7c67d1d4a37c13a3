/**
 * The regions of a picture as vectors: maxima over the last map of a network.
 *
 * Paper: section 5.3.
 *
 * @module
 */
import { firstNonFinite, type Matrix } from "@deepcluster/core";
import type { Image } from "@deepcluster/data";
import {
  compileLastMap,
  type CompileOutputsError,
  DivergedFeaturesError,
  type LayeredModel,
} from "@deepcluster/features";
import type { Backend, BackendError } from "@deepcluster/gpu-backend";
import type { BuildError } from "@deepcluster/graph";
import { lastMapShape, type Network } from "@deepcluster/models";
import { Effect, type Scope, ScopedCache } from "effect";
import { normaliseRows } from "../descriptors/normalise_rows.ts";
import { NoMapError } from "./errors.ts";
import { regionMaxima } from "./region_maxima.ts";
import { type MapRegion, rmacRegions } from "./rmac_regions.ts";
import { pixelsOf, type ScaledView } from "./scaled_image.ts";

/** Regions of a view of a picture. */
export interface RegionVectors {
  /** `[r, channels]`, each of length 1; a region of zeros stays one. */
  readonly vectors: Matrix;
  /** Where they are in the map. */
  readonly regions: readonly MapRegion[];
  /** Rows of the map. */
  readonly rows: number;
  /** Columns of the map. */
  readonly columns: number;
}

/** What computing {@link RegionVectors} can fail with. */
export type RegionVectorsError =
  | BackendError
  | BuildError
  | CompileOutputsError
  | DivergedFeaturesError;

/** A network that gives the regions of pictures of any size. */
export interface RegionNetwork {
  /** Channels of its last map. */
  readonly channels: number;
  /** The shortest side that it can see, in pixels. */
  readonly minSide: number;
  /** Computes the regions of a view of a picture. */
  readonly regionsOf: (
    image: Image,
    view: ScaledView,
  ) => Effect.Effect<RegionVectors, RegionVectorsError>;
}

/**
 * Programs of as many sizes are kept. Pictures of a collection share a few
 * sizes. To compile VGG-16 for 1024 x 768 takes 0.4 s beside 2.3 s of running
 * it, and the program keeps 0.7 GB; AlexNet 0.06 beside 0.22 s, and 0.1 GB.
 */
const keptPrograms = 2;

/**
 * Opens a network without its last pooling.
 *
 * It is compiled for every size of picture that comes; those of the last two
 * sizes are kept.
 *
 * @param model A model of ours; its batch normalisation is in evaluation mode.
 * @returns The network while the scope lasts, or `NoMapError` when the model
 * is no network.
 */
export const openRegionNetwork: (
  model: LayeredModel,
) => Effect.Effect<RegionNetwork, NoMapError, Backend | Scope.Scope> = Effect
  .fn("openRegionNetwork")(function* ({ name, network, parameters }) {
    if (network === undefined) return yield* new NoMapError({ model: name });
    const programs = yield* ScopedCache.make({
      capacity: keptPrograms,
      lookup: (size: string) => {
        const [height, width] = size.split("x").map(Number) as [number, number];
        return compileLastMap(network, parameters, height, width);
      },
      requireServicesAt: "construction",
    });
    const regionsOf = Effect.fnUntraced(function* (
      image: Image,
      view: ScaledView,
    ): Effect.fn.Return<RegionVectors, RegionVectorsError, Scope.Scope> {
      const size = `${view.height}x${view.width}`;
      const run = yield* ScopedCache.get(programs, size);
      const map = yield* run(pixelsOf(image, view));
      yield* refuseNonFinite(map.data, map.shape[1]!);
      const [rows, columns] = [map.shape[2]!, map.shape[3]!];
      const regions = rmacRegions(rows, columns);
      const vectors = normaliseRows(regionMaxima(map, regions));
      return { vectors, regions, rows, columns };
    }, Effect.scoped);
    const [channels] = lastMapShape(network, 0, 0);
    return { channels, minSide: minSideOf(network), regionsOf };
  });

const minSideOf = (network: Network): number => {
  let side = 1;
  while (lastMapShape(network, side, side)[1] < 1) side++;
  return side;
};

const refuseNonFinite = (
  map: Float32Array,
  channels: number,
): Effect.Effect<void, DivergedFeaturesError> => {
  const wrong = firstNonFinite(map);
  if (wrong === map.length) return Effect.void;
  return Effect.fail(
    new DivergedFeaturesError({
      index: 0,
      column: Math.floor(wrong / (map.length / channels)),
      value: String(map[wrong]),
    }),
  );
};
