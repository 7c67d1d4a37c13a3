/**
 * Which convolutions go by Winograd's tiles, by which tiles, and in how many
 * parts of the batch.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import type { Convolution } from "@deepcluster/graph";
import { equalParts } from "./by_parts.ts";
import type { Lowering } from "./lowering.ts";
import { mostPoints } from "./winograd_matrices.ts";

/** How one axis of a convolution goes by tiles. */
export interface Axis {
  /** Taps of the filter. */
  readonly kernel: number;
  /** Points of a tile. */
  readonly points: number;
  /** How many tiles. */
  readonly tiles: number;
  /** Elements of the images. */
  readonly inputs: number;
  /** Elements of the results. */
  readonly outputs: number;
  /** Results of one tile. */
  readonly tile: number;
  /** Zeros before the images. */
  readonly padding: number;
}

/** The tiles of a convolution. */
export interface WinogradTiles {
  /** `[f, c, kernelHeight, kernelWidth]`. */
  readonly filterShape: Shape;
  /** Images. */
  readonly batch: number;
  /** Along the height. */
  readonly rows: Axis;
  /** Along the width. */
  readonly columns: Axis;
}

/** How a convolution goes by tiles. */
export interface WinogradPlan extends WinogradTiles {
  /** In how many parts the batch goes, one after the other. */
  readonly parts: number;
}

/** Shapes of a convolution, whichever of its gradients is asked for. */
export interface ConvolutionShapes {
  /** `[n, c, h, w]`. */
  readonly images: Shape;
  /** `[f, c / groups, kernelHeight, kernelWidth]`. */
  readonly filter: Shape;
  /** `[n, f, …]`. */
  readonly results: Shape;
}

/**
 * Plans a convolution by tiles.
 *
 * @param shapes See {@link ConvolutionShapes}.
 * @param geometry Of the convolution.
 * @param to Where it is lowered to.
 * @returns The plan; undefined where the engine lacks the products, or where
 * tiles do not pay.
 */
export const winogradPlan = (
  shapes: ConvolutionShapes,
  geometry: Convolution,
  to: Lowering,
): WinogradPlan | undefined => {
  const tiles = to.winograd ? winogradTiles(shapes, geometry) : undefined;
  return tiles !== undefined && paysOff(tiles)
    ? { ...tiles, parts: partsOf(tiles) }
    : undefined;
};

/**
 * Plans a convolution by tiles, whatever they cost.
 *
 * @param shapes See {@link ConvolutionShapes}.
 * @param geometry Of the convolution.
 * @returns The tiles; undefined where there are none.
 */
export const winogradTiles = (
  { images, filter, results }: ConvolutionShapes,
  { stride, padding, dilation, groups }: Convolution,
): WinogradTiles | undefined => {
  if (groups !== 1) return undefined;
  if ([...stride, ...dilation].some((step) => step !== 1)) return undefined;
  const axes = ([0, 1] as const).map((axis) =>
    planAxis({
      kernel: filter[axis + 2]!,
      inputs: images[axis + 2]!,
      outputs: results[axis + 2]!,
      padding: padding[axis],
    })
  );
  const [rows, columns] = axes;
  if (rows === undefined || columns === undefined) return undefined;
  return { filterShape: filter, batch: images[0]!, rows, columns };
};

/**
 * Plans one axis: by the tiles with the fewest points in all, of those the
 * smallest.
 *
 * @param sizes Taps, elements and zeros of the axis.
 * @returns The axis; undefined where there are no tiles.
 */
export const planAxis = (
  sizes: Pick<Axis, "kernel" | "inputs" | "outputs" | "padding">,
): Axis | undefined => {
  const { kernel, outputs } = sizes;
  if (kernel < 3) return undefined;
  let best: Axis | undefined;
  for (let tile = 2; tile + kernel - 1 <= mostPoints; tile++) {
    const points = tile + kernel - 1;
    const tiles = Math.ceil(outputs / tile);
    if (best === undefined || points * tiles < best.points * best.tiles) {
      best = { ...sizes, points, tiles, tile };
    }
  }
  return best;
};

/**
 * Whether tiles save a quarter of the work of an image, which must be worth the
 * passes that follow in nodes of their own: products of points run as fast as
 * convolutions, transforms at half that rate. The size of the batch has no say,
 * so that the features of an image are the same in every batch; and there are
 * two tiles at least, as ONNX Runtime multiplies a single row in another order
 * than several.
 */
const paysOff = (
  { filterShape, rows, columns }: WinogradTiles,
): boolean => {
  const [filters, channels] = filterShape as [number, number];
  const [high, wide] = [rows, columns].map(length) as [number, number];
  const transform = (height: number, width: number) =>
    wide * width * height + high * height * wide;
  const direct = filters * channels * rows.kernel * columns.kernel *
    rows.outputs * columns.outputs;
  const byTiles = filters * channels * high * wide +
    2 * channels * transform(rows.inputs, columns.inputs) +
    2 * filters * transform(rows.outputs, columns.outputs);
  return rows.tiles * columns.tiles > 1 && direct >= leastWork &&
    byTiles <= mostWork * direct;
};

/** Multiplications of the convolution of an image. */
const leastWork = 2 ** 24;

/** Multiplications by tiles, by those of the convolution. */
const mostWork = 0.75;

const partsOf = ({ filterShape, batch, rows, columns }: WinogradTiles) => {
  const [filters, channels] = filterShape as [number, number];
  const tiles = length(rows) * length(columns);
  return equalParts(batch, tiles * Math.max(filters, channels));
};

/**
 * Counts the points of all tiles of an axis.
 *
 * @param axis The axis.
 * @returns How many.
 */
export const length = ({ points, tiles }: Axis): number => points * tiles;
