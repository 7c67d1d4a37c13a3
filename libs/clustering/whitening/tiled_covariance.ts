/**
 * Covariance of many features in square tiles: those below the diagonal are
 * transposes of those above it and are not computed.
 *
 * @module
 */
import {
  floatTensor,
  type Matrix,
  matrix,
  type RowReader,
  type Tensor,
} from "@deepcluster/core";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import { buildGraph, input, matmul } from "@deepcluster/graph";
import { Effect, type Scope } from "effect";
import { blocksOf, forEachBlock } from "./blocks.ts";
import type { Centre } from "./centre.ts";

/** Maximum width of a tile. */
const maxWidth = 512;

/** The product of two panels of features, on or above the diagonal. */
interface Tile {
  /** Number of the panel of the rows. */
  readonly i: number;
  /** Number of the panel of the columns, at least `i`. */
  readonly j: number;
  /** `[w, w]`. */
  readonly sums: Float64Array;
}

/** Centred features of a block of rows, cut into panels of `w` features. */
interface Panels {
  /** `[h, w]` each, zeros where there are no more features or rows. */
  readonly data: readonly Float32Array[];
  /** h: rows of a block. */
  readonly height: number;
  /** w: features of a panel. */
  readonly width: number;
}

/**
 * Computes the covariance, divided by n - 1, of centred and scaled rows.
 *
 * For p panels of features, `n d² (1 + 1 / p)` operations instead of `2 n d²`.
 * Products of a block are 32-bit floats, sums over blocks double. Holds a block
 * twice, half the products and half the sums, and the result:
 * about `8 b d + 10 d²` bytes.
 *
 * @param rows `[n, d]`, finite, n at least 2.
 * @param centre Of the same rows, not all equal.
 * @returns `[d, d]`, or `BackendError`, or the error of reading.
 */
export const tiledCovarianceOf = Effect.fnUntraced(
  function* <E>(
    rows: RowReader<E>,
    centre: Centre,
  ): Effect.fn.Return<Matrix, E | BackendError, Backend | Scope.Scope> {
    const panels = panelsFor(rows);
    const tiles = tilesOf(panels);
    const program = yield* compile(panels, tiles);
    const inputs = tensorsOf(panels);
    yield* forEachBlock(
      rows,
      { height: panels.height },
      Effect.fnUntraced(function* (block) {
        cut(block, centre, panels);
        const products = yield* program.run(inputs);
        for (const tile of tiles) add(products[nameOf(tile)]!, tile.sums);
      }),
    );
    return assemble(tiles, panels.width, rows);
  },
  Effect.scoped,
);

const panelsFor = (rows: RowReader<unknown>): Panels => {
  const height = Math.ceil(rows.rows / blocksOf(rows).length);
  const count = Math.ceil(rows.columns / maxWidth);
  const width = Math.ceil(rows.columns / count);
  const data = Array.from(
    { length: count },
    () => new Float32Array(height * width),
  );
  return { data, height, width };
};

const tilesOf = ({ data, width }: Panels): readonly Tile[] =>
  data.flatMap((_, i) =>
    data.slice(i).map((_, distance) => ({
      i,
      j: i + distance,
      sums: new Float64Array(width * width),
    }))
  );

const nameOf = ({ i, j }: Tile): string => `${i} ${j}`;

const tensorsOf = ({ data, height, width }: Panels): Record<string, Tensor> =>
  Object.fromEntries(
    data.map((panel, i) => [`${i}`, floatTensor([height, width], panel)]),
  );

const compile = Effect.fnUntraced(function* (
  { data, height, width }: Panels,
  tiles: readonly Tile[],
) {
  const backend = yield* Backend;
  const graph = yield* Effect.orDie(buildGraph(() => {
    const panels = data.map((_, i) => input(`${i}`, [height, width]));
    const products = tiles.map((tile) => [
      nameOf(tile),
      matmul(panels[tile.i]!, panels[tile.j]!, { transposeA: true }),
    ]);
    return { outputs: Object.fromEntries(products) };
  }));
  return yield* backend.compile(graph, {});
});

/** Centres and scales a block of rows into panels. */
const cut = (
  { rows: n, columns: d, data: block }: Matrix,
  { mean, scale }: Centre,
  { data, width }: Panels,
): void => {
  data.forEach((panel, p) => {
    const first = p * width;
    const end = Math.min(d, first + width);
    const means = mean.subarray(first, end);
    for (let i = 0; i < n; i++) {
      const features = block.subarray(i * d + first, i * d + end);
      centre(features, means, scale, panel, i * width);
    }
    panel.fill(0, n * width);
  });
};

/** Four features in one step take half the time. */
const centre = (
  features: Float32Array,
  means: Float32Array,
  scale: number,
  panel: Float32Array,
  at: number,
): void => {
  const count = features.length;
  let j = 0;
  for (; j + 4 <= count; j += 4, at += 4) {
    panel[at] = (features[j]! - means[j]!) * scale;
    panel[at + 1] = (features[j + 1]! - means[j + 1]!) * scale;
    panel[at + 2] = (features[j + 2]! - means[j + 2]!) * scale;
    panel[at + 3] = (features[j + 3]! - means[j + 3]!) * scale;
  }
  for (; j < count; j++, at++) panel[at] = (features[j]! - means[j]!) * scale;
};

const add = ({ data }: Tensor, sums: Float64Array): void => {
  for (let at = 0; at < sums.length; at++) sums[at]! += data[at]!;
};

/** Squares of this many rows are transposed at once, as caches hold them. */
const squareRows = 16;

const assemble = (
  tiles: readonly Tile[],
  width: number,
  { rows: n, columns: d }: RowReader<unknown>,
): Matrix => {
  const covariance = matrix(d, d);
  for (const tile of tiles) {
    for (let top = 0; top < width; top += squareRows) {
      for (let left = 0; left < width; left += squareRows) {
        place(tile, width, top, left, n - 1, covariance);
      }
    }
  }
  return covariance;
};

/** Divides the sums of a square and writes them to both of its places. */
const place = (
  { i, j, sums }: Tile,
  width: number,
  top: number,
  left: number,
  divisor: number,
  { rows: d, data }: Matrix,
): void => {
  const rows = Math.min(top + squareRows, width, d - i * width);
  const columns = Math.min(left + squareRows, width, d - j * width);
  for (let r = top; r < rows; r++) {
    for (let c = left; c < columns; c++) {
      const value = sums[r * width + c]! / divisor;
      const [row, column] = [i * width + r, j * width + c];
      data[row * d + column] = value;
      data[column * d + row] = value;
    }
  }
};
