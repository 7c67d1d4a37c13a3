/**
 * The graph that UMAP lays out: how strongly points are joined to the
 * neighbours of theirs.
 *
 * Reference: L. McInnes, J. Healy and J. Melville, "UMAP: Uniform Manifold
 * Approximation and Projection for Dimension Reduction", 2018, algorithms 2
 * and 3; sums and bounds as in umap-js 1.4.0, to the last bit.
 *
 * @module
 */
import type { Neighbours } from "@deepcluster/neighbours";

/** Pairs of points that attract each other, by `rows`, then by `columns`. */
export interface FuzzyGraph {
  /** One point of each pair. */
  readonly rows: Int32Array;
  /** The other. */
  readonly columns: Int32Array;
  /** Strength of each pair, above 0, at most 1. */
  readonly weights: Float64Array;
}

/**
 * Joins points to their neighbours. Each pair is in the graph in both
 * directions, with the same weight.
 *
 * O(n k) time; memory `28 n k` bytes beside the result.
 *
 * @param neighbours As `umap` takes them.
 * @returns The graph.
 */
export const fuzzyGraph = (neighbours: Neighbours): FuzzyGraph => {
  const joined = directed(neighbours);
  const { k, indices, strengths } = joined;
  const n = indices.length / k;
  const back = reversed(indices, k);
  const rows: number[] = [];
  const columns: number[] = [];
  const weights: number[] = [];
  const strengthOf = new Float64Array(n);
  const backwards = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    const mine = indices.subarray(row * k, row * k + k);
    const others = back.from.subarray(back.first[row], back.first[row + 1]);
    for (const [j, other] of mine.entries()) {
      strengthOf[other] = strengths[row * k + j]!;
    }
    for (const at of others) backwards[Math.floor(at / k)] = strengths[at]!;
    const all = new Set(mine);
    for (const at of others) all.add(Math.floor(at / k));
    for (const column of Int32Array.from(all).sort()) {
      const [there, here] = [strengthOf[column]!, backwards[column]!];
      const weight = there + here - there * here;
      if (weight > 0) {
        rows.push(row);
        columns.push(column);
        weights.push(weight);
      }
      strengthOf[column] = backwards[column] = 0;
    }
  }
  return {
    rows: Int32Array.from(rows),
    columns: Int32Array.from(columns),
    weights: Float64Array.from(weights),
  };
};

/** Where each point is a neighbour: entries of `indices`, point by point. */
const reversed = (indices: Int32Array, k: number) => {
  const first = new Int32Array(indices.length / k + 1);
  for (const index of indices) first[index + 1]!++;
  for (let i = 1; i < first.length; i++) first[i]! += first[i - 1]!;
  const next = first.slice();
  const from = new Int32Array(indices.length);
  for (const [at, index] of indices.entries()) from[next[index]!++] = at;
  return { first, from };
};

/** Each point first among its own neighbours, with how strongly it is joined. */
const directed = (neighbours: Neighbours) => {
  const { k } = neighbours;
  const n = neighbours.indices.length / k;
  const indices = new Int32Array(n * k);
  const strengths = new Float64Array(n * k);
  const distances = new Float64Array(k);
  for (let point = 0; point < n; point++) {
    const ranks = indices.subarray(point * k, point * k + k);
    distancesOf(neighbours, point, ranks, distances);
    const nearest = distances.find((distance) => distance > 0)!;
    const width = widthOf(distances, nearest);
    for (let j = 1; j < k; j++) {
      const beyond = distances[j]! - nearest;
      strengths[point * k + j] = beyond <= 0 ? 1 : Math.exp(-(beyond / width));
    }
  }
  return { k, indices, strengths };
};

/**
 * Writes the point and its neighbours with their distances. Of a point that
 * has more than k equal ones it may not be among the k nearest; it then takes
 * the place of the last.
 */
const distancesOf = (
  { k, indices, similarities }: Neighbours,
  point: number,
  ranks: Int32Array,
  distances: Float64Array,
): void => {
  ranks[0] = point;
  distances[0] = 0;
  for (let from = point * k, to = 1; to < k; from++) {
    if (indices[from] === point) continue;
    ranks[to] = indices[from]!;
    distances[to++] = Math.max(0, 1 - similarities[from]!);
  }
  // Neighbours that are all as near as the nearest are joined with strength
  // 1, at whatever distance.
  if (!distances.some((distance) => distance > 0)) distances.fill(1, 1);
};

/**
 * The distance beyond the nearest neighbour over which strengths fall, such
 * that they add up to the logarithm of k, found by bisection.
 */
const widthOf = (distances: Float64Array, nearest: number): number => {
  const k = distances.length;
  const target = Math.log(k) / Math.log(2);
  let [low, high, middle] = [0, Infinity, 1];
  for (let round = 0; round < 64; round++) {
    let sum = 0;
    for (let j = 1; j < k; j++) {
      const beyond = distances[j]! - nearest;
      sum += beyond > 0 ? Math.exp(-(beyond / middle)) : 1;
    }
    if (Math.abs(sum - target) < 1e-5) break;
    if (sum > target) high = middle;
    else low = middle;
    middle = high === Infinity ? 2 * middle : (low + high) / 2;
  }
  const mean = distances.reduce((sum, distance) => sum + distance) / k;
  return Math.max(middle, 1e-3 * mean);
};
