/**
 * Maps with their axes reversed, `[w, h, c, n]`, in which a small network
 * trains. `row_order.ts` says in which order the rows of a column are.
 *
 * Everything that a step does to such maps goes by whole rows of `c * n`
 * numbers: transforms of Winograd's tiles are products with one small factor,
 * what a pooling compares are rows, and a channel is a run of `n`. Nothing is
 * transposed or laid out in blocks between, and threads share all of it.
 *
 * @module
 */
import { floatTensor, intTensor, type Shape } from "@deepcluster/core";
import type { Value } from "@deepcluster/graph";
import type { Lowering } from "../lowering.ts";
import { batchLast } from "../taps.ts";
import { reshape } from "../shape_operators.ts";
import { heightOf, rowOf } from "./row_order.ts";

/** `[n, c, h, w]`. */
export type Maps = readonly [number, number, number, number];

/**
 * Adds the nodes that reverse maps.
 *
 * @param value Maps `[n, c, h, w]`.
 * @param to Where they are lowered to.
 * @returns Name of a tensor `[w * h, c, n]`.
 */
export const toReversed = (value: Value, to: Lowering): string => {
  const [n, c, height, width] = value.shape as Maps;
  const rows = () =>
    indices(
      pairs(width, height).flatMap(([x, row]) =>
        range(c).map((channel) =>
          (channel * height + heightOf(row, height)) * width + x
        )
      ),
    );
  const inOrder = to.node("Gather", [
    batchLast(value, to),
    to.constant(`reversed ${c}x${height}x${width}`, rows),
  ]);
  return reshape(inOrder, [width * height, c, n], to);
};

/**
 * Adds the nodes that lay reversed maps out as everything else reads them.
 *
 * @param tensor Name of the maps `[w * h, c, n]`.
 * @param shape `[n, c, h, w]`.
 * @param to Where they are lowered to.
 * @returns Name of the maps in that shape.
 */
export const fromReversed = (
  tensor: string,
  shape: Shape,
  to: Lowering,
): string => {
  const [n, c, height, width] = shape as Maps;
  const rows = () =>
    indices(
      range(c).flatMap((channel) =>
        pairs(height, width).map(([y, x]) =>
          (x * height + rowOf(y, height)) * c + channel
        )
      ),
    );
  const inOrder = to.node("Gather", [
    reshape(tensor, [-1, n], to),
    to.constant(`natural ${c}x${height}x${width}`, rows),
  ]);
  const batchFirst = to.node("Transpose", [inOrder], {
    perm: { ints: [1, 0] },
  });
  return reshape(batchFirst, shape, to);
};

/**
 * Adds the node that sums rows: a product with a row of ones, as ONNX Runtime
 * takes three to six times as long for a `ReduceSum` of a few long rows.
 *
 * @param tensor Name of any tensor.
 * @param rows How many rows it has, when all behind them are one row each.
 * @param to Where it is lowered to.
 * @returns Name of the sums, `[1, …]`.
 */
export const sumOfRows = (
  tensor: string,
  rows: number,
  to: Lowering,
): string =>
  to.node("Gemm", [
    to.constant(
      `${rows} ones`,
      () => floatTensor([1, rows], new Float32Array(rows).fill(1)),
    ),
    reshape(tensor, [rows, -1], to),
  ]);

/**
 * Lists the pairs of whole numbers below two others, the second changing faster.
 *
 * @param first Limit of the first.
 * @param second Limit of the second.
 * @returns `first * second` pairs.
 */
export const pairs = (first: number, second: number) =>
  range(first).flatMap((a) => range(second).map((b) => [a, b] as const));

/**
 * Makes a tensor of positions.
 *
 * @param positions Whole numbers.
 * @returns The tensor, int32 with one axis.
 */
export const indices = (positions: readonly number[]) =>
  intTensor([positions.length], Int32Array.from(positions));

/**
 * Lists the whole numbers below another.
 *
 * @param count How many.
 * @returns They, from 0.
 */
export const range = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => i);
