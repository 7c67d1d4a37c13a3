/**
 * R-MAC: an image as the sum of its regions.
 *
 * Paper: section 5.3: regional maxima of the last map, L2, PCA-whitening, L2,
 * sum, L2. Departure: a region of zeros stays zeros, where the authors' code
 * divides by 0.
 *
 * @module
 */
import {
  type Matrix,
  matrix,
  type OptionError,
  requireCount,
  requireOption,
} from "@deepcluster/core";
import { decoderVersion, type Image } from "@deepcluster/data";
import {
  DivergedFeaturesError,
  type LayeredModel,
} from "@deepcluster/features";
import { Backend } from "@deepcluster/gpu-backend";
import { Effect, type Scope, Semaphore } from "effect";
import type { Box } from "../descriptors/crop_image.ts";
import type { DescribeError, Descriptor } from "../descriptors/descriptor.ts";
import { normaliseRows } from "../descriptors/normalise_rows.ts";
import type { NoMapError } from "./errors.ts";
import {
  openRegionNetwork,
  type RegionVectors,
  type RegionVectorsError,
} from "./region_vectors.ts";
import { pcaIdentity, type RmacPca, whiteningOf } from "./rmac_pca.ts";
import {
  type Corners,
  scaledBox,
  type ScaledView,
  scaledView,
} from "./scaled_image.ts";
import { defaultRmacSize } from "./rmac_size.ts";

/** Options of {@link rmacDescriptor}. */
export interface RmacOptions {
  /** Longer side to which images are scaled. Default: 1024, as in the paper. */
  readonly size?: number;
  /** Whitens the regions. Default: none are. */
  readonly pca?: RmacPca;
}

/** Regions of an image, and where they lie in it. */
export interface ImageRegions {
  /** `[r, d]`, each of length 1, whitened where there is a PCA. */
  readonly vectors: Matrix;
  /** Their rectangles, in pixels of the image. */
  readonly boxes: readonly Box[];
}

/** A descriptor that also knows the regions of an image. */
export interface RmacDescriptor extends Descriptor {
  /** Describes a rectangle of an image at the scale of the whole image. */
  readonly describeBox: NonNullable<Descriptor["describeBox"]>;
  /** Computes the regions of an image, or of a rectangle of it. */
  readonly regions: (
    image: Image,
    corners?: Corners,
  ) => Effect.Effect<ImageRegions, DescribeError | OptionError>;
}

/** Goes up when R-MAC gives other descriptors. */
const version = 5;

/**
 * Opens a network as R-MAC.
 *
 * An image is scaled so that its longer side is `size`, smaller ones are
 * enlarged; the network should know objects of about the resulting size. Images
 * are run one by one, each size of image on a program of its own.
 *
 * @param model A network of ours; its input's size does not matter.
 * @param options See {@link RmacOptions}.
 * @returns The descriptor while the scope lasts; or `NoMapError` when the
 * model is no network, or `OptionError` when the size is not a whole number or
 * too small for the network, or the PCA is of other channels.
 */
export const rmacDescriptor: (
  model: LayeredModel,
  options?: RmacOptions,
) => Effect.Effect<
  RmacDescriptor,
  NoMapError | OptionError | RegionVectorsError,
  Backend | Scope.Scope
> = Effect.fn("rmacDescriptor")(
  function* (model, { size = defaultRmacSize, pca } = {}) {
    const { info } = yield* Backend;
    const network = yield* openRegionNetwork(model);
    const { channels, minSide } = network;
    yield* requireCount("compute R-MAC", "size", size, minSide);
    if (pca !== undefined) yield* requireChannels(pca, channels);
    const whiten = pca === undefined ? undefined : whiteningOf(pca);
    const columns = pca?.vectors.rows ?? channels;
    // A run of the engine blocks the thread anyway; the cache of programs
    // must not release one that waits to be run.
    const turn = yield* Semaphore.make(1);
    const vectorsOf = (image: Image, view: ScaledView) =>
      network.regionsOf(image, view).pipe(
        turn.withPermit,
        // The network was tried below: what can still fail are its runs.
        Effect.catchTags({
          ShapeError: Effect.die,
          GradientError: Effect.die,
          NonFiniteWeightError: Effect.die,
        }),
        Effect.map((found) => ({ ...found, view, ...whitened(found, whiten) })),
      );
    yield* network.regionsOf(blank, scaledView(blank, minSide, minSide));
    return {
      columns,
      batch: 8,
      decodeOptions: {},
      settings: {
        model: { name: model.name, identity: model.identity },
        rmac: {
          size,
          levels: 3,
          pca: pca === undefined ? null : pcaIdentity(pca),
        },
        engine: info.identity,
        versions: { rmac: version, decoder: decoderVersion },
      },
      describe: Effect.fnUntraced(function* (images) {
        const vectors = matrix(images.length, columns);
        for (const [i, image] of images.entries()) {
          const view = scaledView(image, size, minSide);
          const regions = yield* vectorsOf(image, view).pipe(
            Effect.catchTag("DivergedFeaturesError", naming(i)),
          );
          vectors.data.set(sumOfRegions(regions.vectors), i * columns);
        }
        return { vectors };
      }),
      describeBox: Effect.fnUntraced(function* (image, box) {
        const view = yield* scaledBox(image, cornersOf(box), size, minSide);
        const { vectors } = yield* vectorsOf(image, view);
        return { vectors: matrix(1, columns, sumOfRegions(vectors)) };
      }),
      regions: Effect.fnUntraced(function* (image, corners) {
        const view = corners === undefined
          ? scaledView(image, size, minSide)
          : yield* scaledBox(image, corners, size, minSide);
        const found = yield* vectorsOf(image, view);
        return { vectors: found.vectors, boxes: boxesOf(image, found) };
      }),
    } satisfies RmacDescriptor;
  },
);

/** What the network is tried on before it is handed out. */
const blank: Image = { width: 1, height: 1, data: new Uint8Array(3) };

const requireChannels = (
  { mean }: RmacPca,
  channels: number,
): Effect.Effect<void, OptionError> =>
  requireOption(
    "compute R-MAC",
    "pca",
    `of ${channels} channels, as the network's last map`,
    mean.length,
    mean.length === channels,
  );

const whitened = (
  { vectors }: RegionVectors,
  whiten: ReturnType<typeof whiteningOf> | undefined,
): { readonly vectors: Matrix } => ({
  vectors: whiten === undefined ? vectors : normaliseRows(whiten(vectors)),
});

/**
 * Adds regions up to the descriptor of an image.
 *
 * @param regions `[r, d]`.
 * @returns `[d]`, of length 1, or zeros.
 */
export const sumOfRegions = (
  { rows, columns, data }: Matrix,
): Float32Array => {
  const sums = new Float64Array(columns);
  for (let at = 0; at < rows * columns; at++) sums[at % columns]! += data[at]!;
  return normaliseRows(matrix(1, columns, Float32Array.from(sums))).data;
};

/**
 * The corners of a box.
 *
 * @param box The box.
 * @returns Its edges.
 */
export const cornersOf = ({ x, y, width, height }: Box): Corners => ({
  xmin: x,
  ymin: y,
  xmax: x + width,
  ymax: y + height,
});

/** Regions of the map as rectangles of the image, rounded outwards. */
const boxesOf = (
  image: Image,
  { view, regions, rows, columns }: RegionVectors & {
    readonly view: ScaledView;
  },
): readonly Box[] => {
  const across = image.width / view.scaledWidth;
  const down = image.height / view.scaledHeight;
  const edgeX = (cell: number) =>
    (view.left + cell * view.width / columns) * across;
  const edgeY = (cell: number) => (view.top + cell * view.height / rows) * down;
  return regions.map(({ x, y, side }) => {
    const left = Math.floor(edgeX(x));
    const top = Math.floor(edgeY(y));
    return {
      x: left,
      y: top,
      width: Math.min(image.width, Math.ceil(edgeX(x + side))) - left,
      height: Math.min(image.height, Math.ceil(edgeY(y + side))) - top,
    };
  });
};

/** Names the image by its rank in the call. */
const naming = (index: number) => ({ column, value }: DivergedFeaturesError) =>
  Effect.fail(new DivergedFeaturesError({ index, column, value }));
