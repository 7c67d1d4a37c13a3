/**
 * Winograd's tiles of reversed maps, in parts that stay in the cache.
 *
 * @module
 */
import type { Value } from "@deepcluster/graph";
import type { Lowering } from "../lowering.ts";
import { type Axis, length, type WinogradTiles } from "../winograd_plan.ts";
import { matrix, product } from "../winograd_transforms.ts";
import { indices, type Maps, range } from "./layout.ts";
import { reshape } from "../shape_operators.ts";

/** A part of the columns of tiles, as columns of its own. */
interface Part {
  readonly columns: Axis;
  /** Its first column of the images, and of the results. */
  readonly first: { readonly input: number; readonly output: number };
}

/**
 * The columns of tiles in parts that go one after the other: what is transformed
 * of one stays in the cache until it is multiplied and transformed back, and the
 * next takes its memory.
 */
const partsOf = (
  { rows, columns, batch, filterShape }: WinogradTiles,
): readonly Part[] => {
  const [filters, channels] = filterShape as Maps;
  const all = length(rows) * length(columns) * batch *
    Math.max(filters, channels);
  if (all <= largestPart) return [{ columns, first: { input: 0, output: 0 } }];
  const { points, tile, padding, inputs, outputs } = columns;
  return range(columns.tiles).map((i) => {
    const from = i * tile - padding;
    const input = Math.max(0, from);
    const part = {
      ...columns,
      tiles: 1,
      inputs: Math.min(inputs, from + points) - input,
      outputs: Math.min(outputs - i * tile, tile),
      padding: input - from,
    };
    return { columns: part, first: { input, output: i * tile } };
  });
};

/** 4 MiB of floats. */
const largestPart = 2 ** 20;

/**
 * Adds the nodes that transform maps.
 *
 * @param plan Of the convolution.
 * @param value The maps, which are reversed for it.
 * @param kind Whether they are convolved or come of it.
 * @param to Where they are lowered to.
 * @returns Names of `[points, tiles, points, tiles, c, n]`, columns before rows,
 * one for each part of the columns.
 */
export const toTiles = (
  plan: WinogradTiles,
  value: Value,
  kind: "input" | "output",
  to: Lowering,
): readonly string[] => {
  const [n, c, height] = value.shape as Maps;
  const { rows } = plan;
  const byRow = matrix(rows, kind, to);
  const key = matrix(plan.columns, kind, to);
  // Convolutions of the same maps by fewer filters may need fewer parts.
  const parts = partsOf(plan);
  return to.once(
    value,
    `reversed tiles ${key} ${byRow} in ${parts.length}`,
    () =>
      parts.map((part) => {
        const { columns } = part;
        const byColumn = to.node("Gemm", [
          matrix(columns, kind, to),
          columnsOf(part, value, kind, to),
        ]);
        const points = to.node("MatMul", [
          byRow,
          reshape(byColumn, [length(columns), height, -1], to),
        ]);
        const sizes = [columns.points, columns.tiles, rows.points, rows.tiles];
        return reshape(points, [...sizes, c, n], to);
      }),
  );
};

/** The columns of maps that a part needs, each as one row. */
const columnsOf = (
  { columns, first }: Part,
  value: Value,
  kind: "input" | "output",
  to: Lowering,
): string => {
  const [, , , width] = value.shape as Maps;
  const all = reshape(to.reversed(value), [width, -1], to);
  const size = kind === "input" ? columns.inputs : columns.outputs;
  return size === width ? all : to.node("Gather", [
    all,
    to.constant(
      `${size} columns from ${first[kind]}`,
      () => indices(range(size).map((i) => first[kind] + i)),
    ),
  ]);
};

/**
 * Adds the nodes that transform sums of products at the points back.
 *
 * @param plan Of the convolution.
 * @param points Names of the sums, in the shapes of {@link toTiles}.
 * @param kind Whether what comes of them is convolved or comes of it.
 * @param to Where they are lowered to.
 * @returns Name of the reversed maps.
 */
export const fromTiles = (
  plan: WinogradTiles,
  points: readonly string[],
  kind: "input" | "output",
  to: Lowering,
): string => {
  const { rows, batch, filterShape } = plan;
  const size = kind === "input" ? "inputs" : "outputs";
  const channels = filterShape[kind === "input" ? 1 : 0]!;
  const parts = partsOf(plan);
  const byRow = points.map((part, i) =>
    to.node(product, [
      matrix(rows, kind, to),
      reshape(part, [length(parts[i]!.columns), length(rows), -1], to),
    ], { transA: { i: 1 } })
  );
  const byColumn = (columns: Axis, tensor: string) =>
    to.node("Gemm", [
      matrix(columns, kind, to),
      reshape(tensor, [length(columns), -1], to),
    ], { transA: { i: 1 } });
  // Parts share columns of the images, but none of the results.
  const maps = kind === "output"
    ? joined(byRow.map((part, i) => byColumn(parts[i]!.columns, part)), 0, to)
    : byColumn(
      plan.columns,
      joined(
        byRow.map((part) => reshape(part, [plan.columns.points, -1], to)),
        1,
        to,
      ),
    );
  return reshape(maps, [plan.columns[size] * rows[size], channels, batch], to);
};

const joined = (parts: readonly string[], axis: number, to: Lowering) =>
  parts.length === 1
    ? parts[0]!
    : to.node("Concat", parts, { axis: { i: axis } });
