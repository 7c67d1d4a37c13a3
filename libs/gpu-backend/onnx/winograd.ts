/**
 * Convolution and its two gradients by Winograd's minimal filtering, as
 * products of matrices: images, filters and gradients are transformed tile by
 * tile, and where each point of a tile is a product `[tiles, c] [c, f]`, there
 * are a half to a fifth as many multiplications as in the convolution.
 *
 * The transforms of whole axes are products, too. Multiplied with an axis from
 * the right end of the shape to its left end, one after the other, images
 * `[n, c, h, w]` become `[points, tiles * n, c]` without a transposition; the
 * same in reverse. The gradients use the adjoints of the three transforms, so
 * that the gradient of the results is transformed once for both of them.
 *
 * Results differ from those of the convolution by some 2e-6 of their size, as
 * sums of values that are larger than they are.
 *
 * Reference: A. Lavin and S. Gray, "Fast algorithms for convolutional neural
 * networks", 2016.
 *
 * @module
 */
import { floatTensor, type Shape } from "@deepcluster/core";
import type { Convolution, Value } from "@deepcluster/graph";
import type { Lowering } from "./lowering.ts";
import { mostPoints, type Rows, tileMatrices } from "./winograd_matrices.ts";

/** How one axis of a convolution goes by tiles. */
export interface Axis {
  readonly kernel: number;
  readonly points: number;
  readonly tiles: number;
  /** Elements of the images. */
  readonly inputs: number;
  /** Elements of the results. */
  readonly outputs: number;
  /** Results of one tile. */
  readonly tile: number;
  readonly padding: number;
}

/** How a convolution goes by tiles. */
export interface WinogradPlan {
  readonly filterShape: Shape;
  readonly batch: number;
  readonly rows: Axis;
  readonly columns: Axis;
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
  const plan = to.winograd ? winogradTiles(shapes, geometry) : undefined;
  return plan !== undefined && paysOff(plan) ? plan : undefined;
};

/**
 * Plans a convolution by tiles, whatever they cost.
 *
 * @param shapes See {@link ConvolutionShapes}.
 * @param geometry Of the convolution.
 * @returns The plan; undefined where there are no such tiles.
 */
export const winogradTiles = (
  { images, filter, results }: ConvolutionShapes,
  { stride, padding, dilation, groups }: Convolution,
): WinogradPlan | undefined => {
  if (groups !== 1) return undefined;
  if ([...stride, ...dilation].some((step) => step !== 1)) return undefined;
  const axes = ([0, 1] as const).map((axis) =>
    axisOf(
      filter[axis + 2]!,
      images[axis + 2]!,
      results[axis + 2]!,
      padding[axis],
    )
  );
  const [rows, columns] = axes;
  if (rows === undefined || columns === undefined) return undefined;
  return { filterShape: filter, batch: images[0]!, rows, columns };
};

/** The tiles with the fewest points in all, of those the smallest. */
const axisOf = (
  kernel: number,
  inputs: number,
  outputs: number,
  padding: number,
): Axis | undefined => {
  if (kernel < 3) return undefined;
  let best: Axis | undefined;
  for (let tile = 2; tile + kernel - 1 <= mostPoints; tile++) {
    const points = tile + kernel - 1;
    const tiles = Math.ceil(outputs / tile);
    if (best === undefined || points * tiles < best.points * best.tiles) {
      best = { kernel, points, tiles, inputs, outputs, tile, padding };
    }
  }
  return best;
};

/**
 * Whether tiles halve the work of an image, which must be worth the many small
 * nodes: products of points run as fast as convolutions, transforms at half
 * that rate. The size of the batch has no say, so that the features of an image
 * are the same in every batch; and there are two tiles at least, as ONNX Runtime
 * multiplies a single row in another order than several.
 */
const paysOff = ({ filterShape, rows, columns }: WinogradPlan): boolean => {
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
    2 * byTiles <= direct;
};

/** Multiplications of an image. */
const leastWork = 2 ** 24;

/** Points of all tiles of an axis. */
const length = ({ points, tiles }: Axis): number => points * tiles;

/**
 * Adds the nodes of a convolution.
 *
 * @param plan See {@link winogradPlan}.
 * @param x Images `[n, c, h, w]`.
 * @param filter `[f, c, kernelHeight, kernelWidth]`.
 * @param to Where it is lowered to.
 * @returns Name of its result `[n, f, …]`.
 */
export const winogradConvolution = (
  plan: WinogradPlan,
  x: Value,
  filter: Value,
  to: Lowering,
): string => {
  const points = filterPoints(plan, filter, "pass", to);
  const tiles = toTiles(x, plan, "input", "pass", to);
  const products = to.node(product, [tiles, points], { transB: { i: 1 } });
  return fromTiles(products, plan, "output", "pass", to);
};

/**
 * Adds the nodes of the gradient with respect to the images.
 *
 * @param plan See {@link winogradPlan}.
 * @param filter `[f, c, kernelHeight, kernelWidth]`.
 * @param dy `[n, f, …]`.
 * @param to Where it is lowered to.
 * @returns Name of the gradient `[n, c, h, w]`.
 */
export const winogradInputGradient = (
  plan: WinogradPlan,
  filter: Value,
  dy: Value,
  to: Lowering,
): string => {
  const points = filterPoints(plan, filter, "gradient", to);
  const products = to.node(product, [resultTiles(plan, dy, to), points]);
  return fromTiles(products, plan, "input", "gradient", to);
};

/**
 * Adds the nodes of the gradient with respect to the filter.
 *
 * @param plan See {@link winogradPlan}.
 * @param x Images `[n, c, h, w]`.
 * @param dy `[n, f, …]`.
 * @param to Where it is lowered to.
 * @returns Name of the gradient `[f, c, kernelHeight, kernelWidth]`.
 */
export const winogradFilterGradient = (
  plan: WinogradPlan,
  x: Value,
  dy: Value,
  to: Lowering,
): string => {
  const tiles = toTiles(x, plan, "input", "gradient", to);
  const points = to.node(product, [resultTiles(plan, dy, to), tiles], {
    transA: { i: 1 },
  });
  return filterOfPoints(points, plan, to);
};

/**
 * Adds the nodes that make a filter's gradient of that of its points.
 *
 * @param points Name of `[columns.points * rows.points, f, c]`.
 * @param plan See {@link winogradPlan}.
 * @param to Where it is lowered to.
 * @returns Name of the gradient `[f, c, kernelHeight, kernelWidth]`.
 */
export const filterOfPoints = (
  points: string,
  { rows, columns, filterShape }: WinogradPlan,
  to: Lowering,
): string => {
  const [filters, channels] = filterShape as [number, number];
  const byRow = to.node(product, [
    reshape(points, [columns.points, rows.points, filters * channels], to),
    matrix(rows, "filter", to),
  ], { transA: { i: 1 } });
  const gradient = to.node("Gemm", [
    reshape(byRow, [columns.points, -1], to),
    matrix(columns, "filter", to),
  ], { transA: { i: 1 } });
  return reshape(gradient, filterShape, to);
};

/** ONNX Runtime's own product of stacks of matrices, either one transposed. */
export const product = "com.microsoft.FusedMatMul";

/**
 * Whether a transform belongs to the pass or to its gradients, which transform
 * images and filters once more: kept from the one to the other, those of
 * AlexNet would take 5 MB an image. Their shapes differ in an axis of 1, or
 * ONNX Runtime would take equal nodes for one, and would keep memory of one
 * shape from the pass for the gradients.
 */
type Use = "pass" | "gradient";

const axesOf: Readonly<Record<Use, Shape>> = { pass: [], gradient: [1] };

/** `[1, points, tiles * n, f]`, for both gradients. */
const resultTiles = (plan: WinogradPlan, dy: Value, to: Lowering): string =>
  to.once(
    dy,
    `tiles ${keyOf(plan)}`,
    () => toTiles(dy, plan, "output", "gradient", to),
  );

/**
 * Adds the nodes of a filter at the points of its tiles.
 *
 * @param plan See {@link winogradPlan}.
 * @param filter `[f, c, kernelHeight, kernelWidth]`.
 * @param use What for, see {@link Use}.
 * @param to Where it is lowered to.
 * @returns Name of `[columns.points * rows.points, f, c]`.
 */
export const filterPoints = (
  { rows, columns, filterShape: [filters, channels] }: WinogradPlan,
  filter: Value,
  use: Use,
  to: Lowering,
): string => {
  const byColumn = to.node(product, [
    matrix(columns, "filter", to),
    reshape(to.tensor(filter), [...axesOf[use], -1, columns.kernel], to),
  ], { transB: { i: 1 } });
  const points = to.node(product, [
    matrix(rows, "filter", to),
    reshape(byColumn, [...axesOf[use], columns.points, -1, rows.kernel], to),
  ], { transB: { i: 1 } });
  return reshape(points, [
    ...axesOf[use],
    columns.points * rows.points,
    filters!,
    channels!,
  ], to);
};

/** `[n, c, h, w]` as `[points, tiles * n, c]`. */
const toTiles = (
  value: Value,
  { rows, columns }: WinogradPlan,
  kind: "input" | "output",
  use: Use,
  to: Lowering,
): string => {
  const [n, channels, height, width] = value.shape;
  const byColumn = to.node(product, [
    matrix(columns, kind, to),
    reshape(to.tensor(value), [...axesOf[use], -1, width!], to),
  ], { transB: { i: 1 } });
  const points = to.node(product, [
    matrix(rows, kind, to),
    reshape(byColumn, [...axesOf[use], columns.points, -1, height!], to),
  ], { transB: { i: 1 } });
  return reshape(points, [
    ...axesOf[use],
    columns.points * rows.points,
    rows.tiles * columns.tiles * n!,
    channels!,
  ], to);
};

/** `[points, tiles * n, c]` as `[n, c, h, w]`. */
const fromTiles = (
  points: string,
  { rows, columns, batch, filterShape }: WinogradPlan,
  kind: "input" | "output",
  use: Use,
  to: Lowering,
): string => {
  const size = kind === "input" ? "inputs" : "outputs";
  const channels = filterShape[kind === "input" ? 1 : 0]!;
  const byRow = to.node(product, [
    reshape(points, [...axesOf[use], columns.points, length(rows), -1], to),
    matrix(rows, kind, to),
  ], { transA: { i: 1 } });
  const images = to.node(product, [
    reshape(byRow, [...axesOf[use], length(columns), -1], to),
    matrix(columns, kind, to),
  ], { transA: { i: 1 } });
  return reshape(images, [batch, channels, rows[size], columns[size]], to);
};

const reshape = (tensor: string, shape: Shape, to: Lowering): string =>
  to.node("Reshape", [tensor, to.integers(shape)]);

const keyOf = ({ rows, columns }: WinogradPlan): string =>
  [rows, columns].map(nameOf).join(" ");

const nameOf = ({ kernel, tile, inputs, padding }: Axis): string =>
  `${kernel}/${tile} ${inputs}+${padding}`;

/**
 * Returns the transform of a whole axis, or of the taps.
 *
 * @param axis How that axis goes by tiles.
 * @param kind What is transformed.
 * @param to Where it is lowered to.
 * @returns Name of `[points * tiles, size]`, or `[points, kernel]`.
 */
export const matrix = (
  axis: Axis,
  kind: "input" | "filter" | "output",
  to: Lowering,
): string =>
  to.constant(`winograd ${kind} ${nameOf(axis)}`, () => {
    const { kernel, tile, padding } = axis;
    const rows = tileMatrices(tile, kernel)[kind];
    if (kind === "filter") {
      return floatTensor(
        [axis.points, kernel],
        Float32Array.from(rows.flat()),
      );
    }
    return kind === "input"
      ? banded(rows, axis, axis.inputs, -padding)
      : banded(rows, axis, axis.outputs, 0);
  });

/** One tile's matrix for every tile, where that lies on the axis. */
const banded = (
  rows: Rows,
  { points, tiles, tile }: Axis,
  size: number,
  first: number,
) => {
  const all = floatTensor([points * tiles, size]);
  for (const [point, row] of rows.entries()) {
    for (let i = 0; i < tiles; i++) {
      const from = first + i * tile;
      row.forEach((value, k) => {
        const at = from + k;
        if (at < 0 || at >= size) return;
        all.data[(point * tiles + i) * size + at] = value;
      });
    }
  }
  return all;
};
