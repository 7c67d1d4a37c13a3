/**
 * The coarse pass on a GPU: of all scores of a point only the highest, its
 * column, and the highest of the others come back, as some dozen floats. The
 * scores themselves would be 40 GB an iteration for the paper's million points
 * and 10 000 clusters.
 *
 * The columns form a grid of four axes. The graph computes, for each place on
 * each axis, the largest score of the columns there. The largest of all is
 * found at the same column on every axis; any other column is elsewhere on at
 * least one axis, so the second largest of all is the largest of the axes'
 * second largest. Maxima are exact, so this is too.
 *
 * @module
 */
import { floatTensor, type Matrix } from "@deepcluster/core";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import {
  add,
  buildGraph,
  input,
  matmul,
  multiply,
  reduceMax,
  reshape,
  subtract,
  type Value,
} from "@deepcluster/graph";
import { Effect, type Scope } from "effect";
import { gatherPoints, reusedMemory } from "./gathered_points.ts";
import type { QuantizedCentroids } from "./quantized_centroids.ts";
import type { QuantizedPoints } from "./quantized_points.ts";

/** What is known of the scores of some points; `[rows]` each. */
export interface BestScores {
  /** The column of the highest score. */
  readonly columns: Int32Array;
  /** The highest score, times {@link BestScorer.scale} squared. */
  readonly best: Float32Array;
  /** The highest score of the other columns, likewise; -Infinity without one. */
  readonly second: Float32Array;
}

/** Scores points on a GPU. */
export interface BestScorer {
  /**
   * Points and centroids are multiplied by this, a power of two, which brings
   * the largest norm to about 1.
   */
  readonly scale: number;
  /** Largest number of points that are scored at once. */
  readonly height: number;
  /** Scores the points `rows`. */
  readonly score: (
    rows: Int32Array,
  ) => Effect.Effect<BestScores, BackendError>;
}

/**
 * Scores and values of a block, in elements: 128 MiB, which every adapter of
 * WebGPU allows for one tensor.
 */
const elementsPerBlock = 2 ** 25;
/** Rows of a block are a multiple of this. */
const rowStep = 256;
/** Of columns without a centroid: no score of a centroid is as low. */
const spareBias = -(2 ** 100);

/** Lengths of the four axes. */
type Grid = readonly [number, number, number, number];

/**
 * Chooses the grid of columns: axes of about the fourth root of their number.
 *
 * @param columns Number of columns, at least 1.
 * @returns Lengths whose product is at least `columns`, by little.
 */
export const gridOf = (columns: number): Grid =>
  axesOf(columns, 4) as unknown as Grid;

const axesOf = (columns: number, axes: number): readonly number[] => {
  if (axes === 1) return [columns];
  const root = columns ** (1 / axes);
  const [down, up] = [Math.floor(root), Math.ceil(root)].map((length) => [
    length,
    ...axesOf(Math.ceil(columns / length), axes - 1),
  ]);
  return product(down!) < product(up!) ? down! : up!;
};

const product = (lengths: readonly number[]): number =>
  lengths.reduce((a, b) => a * b);

/**
 * Opens a scorer of some centroids; they are sent to the GPU once.
 *
 * A block's scores and points take up to 128 MiB each of the GPU's memory.
 *
 * @param points `[n, d]`.
 * @param quantizedPoints Of all points.
 * @param centroids `[k, d]`.
 * @param quantizedCentroids Of those that are compared.
 * @param count How many points will be scored.
 * @returns The scorer while the scope lasts, or `BackendError`.
 */
export const openBestScorer: (
  points: Matrix,
  quantizedPoints: QuantizedPoints,
  centroids: Matrix,
  quantizedCentroids: QuantizedCentroids,
  count: number,
) => Effect.Effect<BestScorer, BackendError, Backend | Scope.Scope> = Effect
  .fnUntraced(
    function* (points, quantizedPoints, centroids, quantizedCentroids, count) {
      const backend = yield* Backend;
      const { columns: d } = points;
      const { centroidOfColumn } = quantizedCentroids;
      const grid = gridOf(centroidOfColumn.length);
      const width = product(grid);
      const height = blockHeight(count, Math.max(d, width));
      const scale = scaleOf(quantizedPoints, quantizedCentroids);
      const graph = yield* Effect.orDie(bestScores(height, d, grid, scale));
      const { data, biases } = scaledCentroids(
        centroids,
        quantizedPoints.origin,
        quantizedCentroids,
        width,
        scale,
      );
      const program = yield* backend.compile(graph, {
        origin: floatTensor([d], quantizedPoints.origin),
        centroids: floatTensor([d, width], data),
        biases: floatTensor([width], biases),
      });
      const gather = gatherPoints(points, reusedMemory());
      return {
        scale,
        height,
        score: (rows) =>
          Effect.map(
            program.run({
              points: floatTensor([height, d], gather(rows, height)),
            }),
            (maxima) =>
              bestOf(
                grid.map((_, axis) =>
                  maxima[`axis ${axis}`]!.data as Float32Array
                ),
                grid,
                rows.length,
              ),
          ),
      };
    },
  );

/** Equal blocks, of whole multiples of some rows. */
const blockHeight = (count: number, widest: number): number => {
  const fitting = Math.floor(elementsPerBlock / widest);
  const most = Math.max(1, Math.floor(fitting / rowStep)) * rowStep;
  const even = count / Math.ceil(count / most);
  return Math.ceil(even / rowStep) * rowStep;
};

/** The largest norm becomes 1/2 to 1, as far as 32-bit floats allow. */
const scaleOf = (
  { norms }: QuantizedPoints,
  { maxNorms }: QuantizedCentroids,
): number => {
  let largest = maxNorms.at(-1)!;
  for (const norm of norms) {
    if (norm > largest && norm !== Infinity) largest = norm;
  }
  const exponent = largest === 0 ? 0 : -Math.ceil(Math.log2(largest));
  return 2 ** Math.max(-120, Math.min(120, exponent));
};

const bestScores = (rows: number, d: number, grid: Grid, scale: number) =>
  buildGraph(() => {
    const width = product(grid);
    const points = input("points", [rows, d]);
    const state = {
      origin: input("origin", [d]),
      centroids: input("centroids", [d, width]),
      biases: input("biases", [width]),
    };
    const scaled = multiply(subtract(points, state.origin), scale);
    const scores = add(matmul(scaled, state.centroids), state.biases);
    const [a, b, c, e] = grid;
    const [first, last] = maximaOfAxes(scores, rows, a * b, c * e);
    const [axis0, axis1] = maximaOfAxes(first, rows, a, b);
    const [axis2, axis3] = maximaOfAxes(last, rows, c, e);
    return {
      outputs: {
        "axis 0": axis0,
        "axis 1": axis1,
        "axis 2": axis2,
        "axis 3": axis3,
      },
      state,
    };
  });

/** The largest of each place of both axes of `[rows, first * last]`. */
const maximaOfAxes = (
  values: Value,
  rows: number,
  first: number,
  last: number,
): readonly [Value, Value] => {
  const grid = reshape(values, [rows, first, last]);
  return [reduceMax(grid, { axes: [2] }), reduceMax(grid, { axes: [1] })];
};

/** Centroids as columns, in the units of the scores; spare ones never win. */
const scaledCentroids = (
  { data, columns: d }: Matrix,
  origin: Float32Array,
  { centroidOfColumn, biases: biasOf }: QuantizedCentroids,
  width: number,
  scale: number,
) => {
  const scaled = new Float32Array(d * width);
  const biases = new Float32Array(width).fill(spareBias);
  centroidOfColumn.forEach((c, column) => {
    biases[column] = biasOf[column]! * scale * scale;
    for (let j = 0; j < d; j++) {
      scaled[j * width + column] = (data[c * d + j]! - origin[j]!) * scale;
    }
  });
  return { data: scaled, biases };
};

/** Finds the best and the second score of each row from the axes' maxima. */
const bestOf = (
  maxima: readonly Float32Array[],
  grid: Grid,
  rows: number,
): BestScores => {
  const columns = new Int32Array(rows);
  const best = new Float32Array(rows);
  const second = new Float32Array(rows).fill(-Infinity);
  for (const [axis, length] of grid.entries()) {
    const values = maxima[axis]!;
    for (let r = 0, from = 0; r < rows; r++, from += length) {
      let place = 0;
      let largest = values[from]!;
      let other = second[r]!;
      for (let i = 1; i < length; i++) {
        const value = values[from + i]!;
        if (value > largest) {
          if (largest > other) other = largest;
          largest = value;
          place = i;
        } else if (value > other) other = value;
      }
      columns[r] = columns[r]! * length + place;
      best[r] = largest;
      second[r] = other;
    }
  }
  return { columns, best, second };
};
