/**
 * Winograd's tiles of reversed maps, in parts that stay in the cache.
 *
 * What is convolved is transformed column by column, then row by row, since its
 * tiles overlap. Results are cut into tiles without a rest where their sizes
 * allow it, and the order of their rows lets one product transform both axes.
 *
 * @module
 */
import type { Value } from "@deepcluster/graph";
import type { Lowering } from "../lowering.ts";
import { type Rows, tileMatrices } from "../winograd_matrices.ts";
import { type Axis, length, type WinogradTiles } from "../winograd_plan.ts";
import {
  alongAxis,
  type Kind,
  nameOf,
  tensorOf,
} from "../winograd_transforms.ts";
import { reshape } from "../shape_operators.ts";
import { indices, type Maps, range } from "./layout.ts";
import { gradientByPlace } from "./normalization.ts";
import { rowsOfPlaces } from "./pooling.ts";
import { heightOf, tileHeight } from "./row_order.ts";

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
 * @returns Names of `[tiles, points, points, tiles, c, n]`, columns outside of
 * rows, one for each part of the columns.
 */
export const toTiles = (
  plan: WinogradTiles,
  value: Value,
  kind: Kind,
  to: Lowering,
): readonly string[] => {
  const [n, c, height] = value.shape as Maps;
  const { rows } = plan;
  // Convolutions of the same maps by fewer filters may need fewer parts.
  const parts = partsOf(plan);
  const key = `${nameOf(plan.columns)}, ${nameOf(rows)}`;
  return to.once(
    value,
    `reversed tiles ${kind} ${key} in ${parts.length}`,
    () =>
      parts.map((part) => {
        const { columns } = part;
        const maps = columnsOf(part, value, kind, to);
        const points = kind === "output" && hasNoRest(plan)
          ? to.node("MatMul", [
            places(plan, "toPoints", to),
            reshape(maps, [columns.tiles, columns.tile * rows.tile, -1], to),
          ])
          : to.node("MatMul", [
            alongRows(rows, kind, "toPoints", to),
            reshape(
              to.node("Gemm", [
                alongColumns(columns, kind, "toPoints", to),
                maps,
              ]),
              [length(columns), height, -1],
              to,
            ),
          ]);
        const sizes = [columns.tiles, columns.points, rows.points, rows.tiles];
        return reshape(points, [...sizes, c, n], to);
      }),
  );
};

/** The columns of maps that a part needs, each as one row. */
const columnsOf = (
  { columns, first }: Part,
  value: Value,
  kind: Kind,
  to: Lowering,
): string => {
  const [n, c, height, width] = value.shape as Maps;
  const size = kind === "input" ? columns.inputs : columns.outputs;
  if (size === width) return reshape(to.reversed(value), [width, -1], to);
  const from = first[kind];
  const name = `${size} columns from ${from}`;
  // Rows that are read once need not be put in order before.
  const byPlace = gradientByPlace(value, to);
  if (byPlace === undefined) {
    return to.node("Gather", [
      reshape(to.reversed(value), [width, -1], to),
      to.constant(name, () => indices(range(size).map((i) => from + i))),
    ]);
  }
  const rows = () =>
    indices(
      rowsOfPlaces(height, width).slice(from * height, (from + size) * height),
    );
  const inOrder = to.node("Gather", [
    byPlace,
    to.constant(`${name} of windows ${height}x${width}`, rows),
  ]);
  return reshape(inOrder, [size, height * c * n], to);
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
  kind: Kind,
  to: Lowering,
): string => {
  const { rows, columns, batch, filterShape } = plan;
  const size = kind === "input" ? "inputs" : "outputs";
  const channels = filterShape[kind === "input" ? 1 : 0]!;
  const shape = [columns[size] * rows[size], channels, batch];
  const parts = partsOf(plan);
  const byPart = points.map((part, i) => ({
    columns: parts[i]!.columns,
    points: part,
  }));
  if (kind === "output" && hasNoRest(plan)) {
    const maps = byPart.map(({ columns, points }) =>
      to.node("MatMul", [
        places(plan, "toMaps", to),
        reshape(points, [columns.tiles, columns.points * rows.points, -1], to),
      ])
    );
    return reshape(joined(maps, to), shape, to);
  }
  const byRow = byPart.map(({ columns, points }) => ({
    columns,
    points: to.node("MatMul", [
      alongRows(rows, kind, "toMaps", to),
      reshape(points, [length(columns), length(rows), -1], to),
    ]),
  }));
  const byColumn = (columns: Axis, tensor: string) =>
    to.node("Gemm", [
      alongColumns(columns, kind, "toMaps", to),
      reshape(tensor, [length(columns), -1], to),
    ]);
  // Parts share columns of the images, but none of the results.
  const maps = kind === "output"
    ? joined(byRow.map(({ columns, points }) => byColumn(columns, points)), to)
    : byColumn(columns, joined(byRow.map(({ points }) => points), to));
  return reshape(maps, shape, to);
};

const joined = (parts: readonly string[], to: Lowering) =>
  parts.length === 1 ? parts[0]! : to.node("Concat", parts, { axis: { i: 0 } });

/** Whether the results are tiles without a rest, in whose order the rows are. */
const hasNoRest = ({ rows, columns }: WinogradTiles): boolean =>
  tileHeight(rows.outputs) === rows.tile &&
  columns.outputs % columns.tile === 0;

/**
 * Which way a matrix goes. There is one for each: ONNX Runtime would transpose a
 * first factor anew for every 128 columns of the second.
 */
type Way = "toPoints" | "toMaps";

const constant = (
  name: string,
  way: Way,
  rows: () => Rows,
  to: Lowering,
): string =>
  to.constant(
    `${name} ${way}`,
    () => tensorOf(way === "toPoints" ? rows() : transposed(rows())),
  );

const transposed = (rows: Rows): Rows =>
  rows[0]!.map((_, column) => rows.map((row) => row[column]!));

/** Of all places of a tile of results, `[points, places]`. */
const places = (
  { rows, columns }: WinogradTiles,
  way: Way,
  to: Lowering,
): string => {
  const of = ({ tile, kernel }: Axis) => tileMatrices(tile, kernel).output;
  const name = [columns, rows].map(({ tile, kernel }) => `${kernel}/${tile}`);
  return constant(
    `places ${name}`,
    way,
    () =>
      of(columns).flatMap((column) =>
        of(rows).map((row) => column.flatMap((a) => row.map((b) => a * b)))
      ),
    to,
  );
};

/** Of columns, `[tiles * points, size]`. */
const alongColumns = (axis: Axis, kind: Kind, way: Way, to: Lowering) =>
  constant(`columns ${kind} ${nameOf(axis)}`, way, () => {
    const byPoint = alongAxis(axis, kind);
    return byPoint.map((_, row) => {
      const [tile, point] = [Math.floor(row / axis.points), row % axis.points];
      return byPoint[point * axis.tiles + tile]!;
    });
  }, to);

/** Of rows in their order, `[points * tiles, size]`. */
const alongRows = (axis: Axis, kind: Kind, way: Way, to: Lowering) =>
  constant(
    `rows ${kind} ${nameOf(axis)}`,
    way,
    () =>
      alongAxis(axis, kind).map((row) =>
        row.map((_, i) => row[heightOf(i, row.length)]!)
      ),
    to,
  );
