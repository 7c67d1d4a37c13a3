/**
 * Which centroids can still win a point after all of them have moved: none
 * but its own, the fast ones only, or any.
 *
 * A bound on the distance to all other centroids outlives small moves of them
 * (Hamerly). The few that moved farthest would spend it, so they are left out
 * and contend for the point again.
 *
 * References: G. Hamerly, "Making k-means even faster", 2010; T. Kaukoranta,
 * P. Fränti, O. Nevalainen, "A fast exact GLA based on code vector activity
 * detection", 2000, for contests with the centroids that moved.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import { squaredDistance } from "./distances.ts";
import type { Standing } from "./settle.ts";

/** Who contends for which points. */
export interface Contenders {
  /** Numbers of the centroids that moved farthest. */
  readonly fast: Int32Array;
  /** Points that only fast centroids can win. */
  readonly challenged: Int32Array;
  /** Points that any centroid can win. */
  readonly open: Int32Array;
}

/** Shares of the centroids that may be called fast. */
const fastShares = [1 / 32, 1 / 8];
/** Fewer than this share one product: nothing is gained. */
const fewestFast = 16;
/** What a contest costs a point beside its products, in columns of these. */
const overhead = { open: 1024, challenged: 512 };
/** Covers the roundings of distances. */
const enlarged = 1 + 2 ** -30;

/**
 * Updates what is known of every point after centroids have moved: distances
 * to the own centroid, and bounds to all others that are not fast.
 *
 * @param points `[n, d]`.
 * @param centroids `[k, d]`, as they are now.
 * @param before `[k, d]`, as they were.
 * @param standing Of all points before; written to.
 * @returns Who contends, chosen for the least work.
 */
export const contendersFor = (
  points: Matrix,
  centroids: Matrix,
  before: Matrix,
  standing: Standing,
): Contenders => {
  const moves = movesOf(centroids, before);
  const ranking = Int32Array.from(moves, (_, c) => c)
    .sort((a, b) => moves[b]! - moves[a]! || a - b);
  const gaps = gapsOf(points, centroids, moves, standing);
  const { count, slowest } = cheapest(moves, ranking, gaps);
  const { others } = standing;
  const n = gaps.length;
  const rows = new Int32Array(n);
  let [opened, spared] = [0, 0];
  for (let i = 0; i < n; i++) {
    others[i]! -= slowest;
    if (gaps[i]! <= slowest) rows[opened++] = i;
    else rows[n - ++spared] = i;
  }
  return {
    fast: ranking.slice(0, count),
    challenged: count === 0 ? new Int32Array(0) : rows.slice(opened).reverse(),
    open: rows.slice(0, opened),
  };
};

/** How far each centroid has moved, at least; 0 only when it is the same. */
const movesOf = (centroids: Matrix, before: Matrix): Float64Array =>
  Float64Array.from(
    { length: centroids.rows },
    (_, c) => Math.sqrt(squaredDistance(centroids, c, before, c)) * enlarged,
  );

/** By how much the others of each point may come nearer, and not win. */
const gapsOf = (
  points: Matrix,
  centroids: Matrix,
  moves: Float64Array,
  { labels, distances, others }: Standing,
): Float64Array => {
  const gaps = new Float64Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (moves[label]! > 0) {
      distances[i] = squaredDistance(points, i, centroids, label);
    }
    gaps[i] = others[i]! - Math.sqrt(distances[i]! * enlarged) * enlarged;
  }
  return gaps;
};

/** How many are fast, and how far the fastest of the others went. */
const cheapest = (
  moves: Float64Array,
  ranking: Int32Array,
  gaps: Float64Array,
): { readonly count: number; readonly slowest: number } => {
  const k = ranking.length;
  const counts = fastShares.map((share) => Math.ceil(k * share))
    .filter((count) => count >= fewestFast);
  const choices = [0, ...counts].map((count) => {
    const slowest = moves[ranking[Math.min(count, k - 1)]!]!;
    let open = 0;
    for (let i = 0; i < gaps.length; i++) if (gaps[i]! <= slowest) open++;
    const challenged = count === 0 ? 0 : gaps.length - open;
    const work = open * (k + overhead.open) +
      challenged * (count + overhead.challenged);
    return { count, slowest, work };
  });
  return choices.reduce((a, b) => b.work < a.work ? b : a);
};
