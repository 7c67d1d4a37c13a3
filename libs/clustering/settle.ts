/**
 * From rough scores to exact labels: rules out the centroids that cannot be
 * the nearest, and decides between the others in double.
 *
 * The nearest centroid maximises `s = x·c - |c|²/2`, of points and centroids
 * moved to a common origin. A filter gives products that are off by a known
 * bound `e` at most, so what lies more than `2 e` below the best rough score
 * is out, and never more than `e` above its rough score.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import type { CentroidFrame } from "./centroid_frame.ts";
import { squaredDistance } from "./distances.ts";
import type { PointFrame } from "./point_frame.ts";

/** What is known of each point; written to as points are settled. */
export interface Standing {
  /** `[n]`: the nearest centroid, the lowest of equally near ones. */
  readonly labels: Int32Array;
  /** `[n]`: squared distances to it, in double. */
  readonly distances: Float64Array;
  /** `[n]`: no other centroid is nearer than this distance. */
  readonly others: Float64Array;
}

/** What all blocks of one assignment have in common. */
export interface Contest {
  /** `[n, d]`. */
  readonly points: Matrix;
  /** `[k, d]`. */
  readonly centroids: Matrix;
  /** Of the points. */
  readonly pointFrame: PointFrame;
  /** Of the centroids. */
  readonly centroidFrame: CentroidFrame;
  /** Whether `distances` holds that of each point to its old label. */
  readonly known: boolean;
}

/** The rough scores of one block. */
export interface Scores {
  /** `[rows, groups * size]` products of points and directions. */
  readonly products: Float32Array;
  /** `[rows, groups]` largest product of each group. */
  readonly maxima: Float32Array;
  /** Whether both factors were rounded to bytes. */
  readonly coarse: boolean;
}

/** Covers the roundings of frames, as squared lengths. */
const slack = 1 - 2 ** -16;
/** Covers the roundings of a square root and of a distance. */
const shade = 1 - 2 ** -30;

/**
 * Settles the points of one block.
 *
 * @param contest See {@link Contest}.
 * @param scores Of the block, row r being that of point `rows[r]`.
 * @param rows Which points.
 * @param standing Written to for these points.
 * @returns How many distances had to be compared.
 */
export const settle = (
  contest: Contest,
  { products, maxima, coarse }: Scores,
  rows: Int32Array,
  { labels, distances, others }: Standing,
): number => {
  const { points, centroids, pointFrame, centroidFrame, known } = contest;
  const { size, groups, order, biases, least, unit } = centroidFrame;
  const windowOf = windows(contest, coarse);
  const twins = order.length < centroids.rows;
  const candidates = new Int32Array(order.length);
  const rough = new Float64Array(order.length);
  let compared = 0;
  for (let r = 0; r < rows.length; r++) {
    const i = rows[r]!;
    const factor = pointFrame.factors[i]!;
    const scale = factor === 0 ? 0 : unit / factor;
    const window = windowOf(i);
    const firstMaximum = r * groups;
    let best = -Infinity;
    for (let g = 0; g < groups; g++) {
      const score = scale * maxima[firstMaximum + g]! + least[g]!;
      if (score > best) best = score;
    }
    let ruledOut = -Infinity;
    let count = 0;
    for (let g = 0; g < groups; g++) {
      const most = scale * maxima[firstMaximum + g]! + biases[g * size]!;
      if (most < best - 2 * window) {
        if (most > ruledOut) ruledOut = most;
        continue;
      }
      const from = g * size;
      const to = Math.min(from + size, order.length);
      const firstProduct = r * groups * size;
      for (let at = from; at < to; at++) {
        const score = scale * products[firstProduct + at]! + biases[at]!;
        if (score > best) best = score;
        if (score < best - 2 * window) {
          if (score > ruledOut) ruledOut = score;
        } else {
          candidates[count] = at;
          rough[count++] = score;
        }
      }
    }
    let nearest = -1;
    let distance = Infinity;
    let second = Infinity;
    for (let n = 0; n < count; n++) {
      if (rough[n]! < best - 2 * window) {
        if (rough[n]! > ruledOut) ruledOut = rough[n]!;
        continue;
      }
      const c = order[candidates[n]!]!;
      const own = known && c === labels[i]
        ? distances[i]!
        : squaredDistance(points, i, centroids, c);
      compared++;
      if (own < distance || (own === distance && c < nearest)) {
        second = distance;
        nearest = c;
        distance = own;
      } else if (own < second) second = own;
    }
    labels[i] = nearest;
    distances[i] = distance;
    const squares = pointFrame.lengths[i]! ** 2 * slack;
    const beyond = Math.min(
      twins ? distance : second,
      second,
      squares - 2 * (ruledOut + window),
    );
    others[i] = beyond > 0 ? Math.sqrt(beyond) * shade : 0;
  }
  return compared;
};

/** By how much rough scores of a point may be off. */
const windows = (
  { points, pointFrame, centroidFrame }: Contest,
  coarse: boolean,
): (i: number) => number => {
  const { lengths, losses } = pointFrame;
  const { longest, loss } = centroidFrame;
  const rounding = 2 ** -20 + (coarse ? 0 : (points.columns + 16) * 2 ** -24);
  return (i) => {
    const length = lengths[i]!;
    if (length === Infinity) return Infinity;
    const lost = coarse ? losses[i]! : 0;
    return lost * longest + (coarse ? (length + lost) * loss : 0) +
      rounding * (length + lost) * (longest + loss) +
      points.columns * 2 ** -50 * (length + longest) ** 2;
  };
};
