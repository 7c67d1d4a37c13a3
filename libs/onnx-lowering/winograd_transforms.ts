/**
 * The transforms of Winograd's tiles as products of matrices, for all tiles of
 * some images at once.
 *
 * They are products along whole axes. Multiplied with an axis from the right
 * end of the shape to its left end, one after the other, images `[n, c, h, w]`
 * become `[points, tiles * n, c]` without a transposition; the same in reverse.
 *
 * @module
 */
import { type FloatTensor, floatTensor, type Shape } from "@deepcluster/core";
import type { Value } from "@deepcluster/graph";
import type { Lowering } from "./lowering.ts";
import { type Rows, tileMatrices } from "./winograd_matrices.ts";
import {
  type Axis,
  length,
  type WinogradPlan,
  type WinogradTiles,
} from "./winograd_plan.ts";
import { reshape } from "./shape_operators.ts";

/** ONNX Runtime's own product of stacks of matrices, either one transposed. */
export const product: string = "com.microsoft.FusedMatMul";

/** Whether maps are those that are convolved or those that come of it. */
export type Kind = "input" | "output";

/**
 * Returns the shape of maps.
 *
 * @param plan Of the convolution.
 * @param kind Which maps.
 * @returns `[n, channels, height, width]`.
 */
export const mapsOf = (
  { batch, rows, columns, filterShape: [filters, channels] }: WinogradPlan,
  kind: Kind,
): Shape =>
  kind === "input"
    ? [batch, channels!, rows.inputs, columns.inputs]
    : [batch, filters!, rows.outputs, columns.outputs];

/**
 * Returns the shape of the maps of a part, as a matrix of all their rows.
 *
 * @param plan Of the convolution.
 * @param kind Which maps.
 * @returns `[n / parts * channels * height, width]`.
 */
export const partOf = (plan: WinogradPlan, kind: Kind): Shape => {
  const [n, channels, height, width] = mapsOf(plan, kind);
  return [n! / plan.parts * channels! * height!, width!];
};

/**
 * Adds the node that transforms a filter: a product of the ONNX standard, which
 * ONNX Runtime computes when it opens the session if the filter never changes.
 * Its own product it would compute in every run.
 *
 * A filter that never changes is transformed by one node: with a second one for
 * the shape, ONNX Runtime would hold every transformed filter twice until the
 * session is open.
 *
 * @param plan Of the convolution.
 * @param filter `[f, c, kernelHeight, kernelWidth]`.
 * @param before Axes of size 1 before the others.
 * @param to Where it is lowered to.
 * @returns Name of the filter as `[…before, points, f, c]`.
 */
export const filterPoints = (
  plan: WinogradTiles,
  filter: Value,
  before: Shape,
  to: Lowering,
): string => {
  const { rows, columns, filterShape: [filters, channels] } = plan;
  const points = columns.points * rows.points;
  const taps = tapsOfTile(plan, to);
  if (to.isConstant(filter) && before.length === 0) {
    const byAxes = reshape(taps, [points, rows.kernel, columns.kernel], to);
    return to.node("Einsum", [byAxes, to.tensor(filter)], {
      equation: { s: "phw,fchw->pfc" },
    });
  }
  const transformed = to.node("Gemm", [
    taps,
    reshape(to.tensor(filter), [-1, rows.kernel * columns.kernel], to),
  ], { transB: { i: 1 } });
  return reshape(transformed, [...before, points, filters!, channels!], to);
};

/** What all taps add to each point: `[points, kernelHeight * kernelWidth]`. */
const tapsOfTile = (
  { rows, columns }: WinogradTiles,
  to: Lowering,
): string => {
  const name = `winograd taps ${nameOf(rows)} ${nameOf(columns)}`;
  return to.constant(name, () => {
    const [high, wide] = [rows, columns].map(({ tile, kernel }) =>
      tileMatrices(tile, kernel).filter
    ) as [Rows, Rows];
    return tensorOf(
      wide.flatMap((column) =>
        high.map((row) => row.flatMap((a) => column.map((b) => a * b)))
      ),
    );
  });
};

/**
 * Adds the node that transforms the gradient of a filter back.
 *
 * @param points `[points, f, c]`.
 * @param plan Of the convolution.
 * @param to Where it is lowered to.
 * @returns Name of the gradient as `[f * c, kernelHeight * kernelWidth]`.
 */
export const filterOfPoints = (
  points: string,
  plan: WinogradTiles,
  to: Lowering,
): string => {
  const { rows, columns } = plan;
  return to.node("Gemm", [
    reshape(points, [columns.points * rows.points, -1], to),
    tapsOfTile(plan, to),
  ], { transA: { i: 1 } });
};

/**
 * Adds the nodes that transform maps.
 *
 * @param maps See {@link partOf}.
 * @param plan Of the convolution.
 * @param kind Which maps.
 * @param to Where it is lowered to.
 * @returns Name of the maps as `[points, tiles * n / parts, channels]`.
 */
export const toTiles = (
  maps: string,
  plan: WinogradPlan,
  kind: Kind,
  to: Lowering,
): string => {
  const { rows, columns } = plan;
  const [n, channels, height] = mapsOf(plan, kind);
  const byColumn = to.node("Gemm", [matrix(columns, kind, to), maps], {
    transB: { i: 1 },
  });
  const points = to.node(product, [
    matrix(rows, kind, to),
    reshape(byColumn, [columns.points, -1, height!], to),
  ], { transB: { i: 1 } });
  return reshape(points, [
    columns.points * rows.points,
    rows.tiles * columns.tiles * n! / plan.parts,
    channels!,
  ], to);
};

/**
 * Adds the nodes that transform maps back.
 *
 * @param points `[points, tiles * n / parts, channels]`.
 * @param plan Of the convolution.
 * @param kind Which maps.
 * @param to Where it is lowered to.
 * @returns Name of the maps, see {@link partOf}.
 */
export const fromTiles = (
  points: string,
  { rows, columns }: WinogradPlan,
  kind: Kind,
  to: Lowering,
): string => {
  const byRow = to.node(product, [
    reshape(points, [columns.points, length(rows), -1], to),
    matrix(rows, kind, to),
  ], { transA: { i: 1 } });
  return to.node("Gemm", [
    reshape(byRow, [length(columns), -1], to),
    matrix(columns, kind, to),
  ], { transA: { i: 1 } });
};

/**
 * Names what a transform depends on; a part of an axis has outputs of its own.
 *
 * @param axis The axis.
 * @returns The name.
 */
export const nameOf = (
  { kernel, tile, inputs, outputs, padding }: Axis,
): string => `${kernel}/${tile} ${inputs}+${padding} ${outputs}`;

/** Name of the transform of a whole axis, `[points * tiles, size]`. */
const matrix = (axis: Axis, kind: Kind, to: Lowering): string =>
  to.constant(
    `winograd ${kind} ${nameOf(axis)}`,
    () => tensorOf(alongAxis(axis, kind)),
  );

/**
 * Returns the transform of a whole axis: one tile's for every tile, where that
 * lies on the axis.
 *
 * @param axis How that axis goes by tiles.
 * @param kind What is transformed.
 * @returns `[points * tiles, size]`.
 */
export const alongAxis = (axis: Axis, kind: Kind): Rows => {
  const { kernel, tile, tiles, padding } = axis;
  const [size, first] = kind === "input"
    ? [axis.inputs, -padding]
    : [axis.outputs, 0];
  return tileMatrices(tile, kernel)[kind].flatMap((row) =>
    Array.from(
      { length: tiles },
      (_, i) =>
        Array.from(
          { length: size },
          (_, at) => row[at - first - i * tile] ?? 0,
        ),
    )
  );
};

/**
 * Returns a matrix as a tensor.
 *
 * @param rows The matrix.
 * @returns It, `[rows, columns]`.
 */
export const tensorOf = (rows: Rows): FloatTensor =>
  floatTensor([rows.length, rows[0]!.length], Float32Array.from(rows.flat()));
