/**
 * From rough scores to exact labels: rules out the centroids that cannot be
 * the nearest, and decides between the others in double.
 *
 * The nearest centroid maximises `s = x·c - |c|²/2`, of points and centroids
 * moved to a common origin. A filter gives products that are off by a known
 * bound at most, the window of the centroid's group: each score lies surely
 * above one value and below another, and what lies below the highest value
 * that some score surely reaches is out.
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
  /**
   * `new`: nothing is known of the points. Otherwise `distances` holds that to
   * the old label, which takes part. `open`: so do all centroids. `challenge`:
   * so do those in the frame, and `others` bounds the distance to the rest.
   */
  readonly kind: "new" | "open" | "challenge";
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
  const { points, centroids, pointFrame, centroidFrame, kind } = contest;
  const { size, groups, order, twins, biases, least, units } = centroidFrame;
  const windowsOf = windowsIn(contest, coarse);
  const windows = new Float64Array(groups);
  const candidates = new Int32Array(order.length);
  const most = new Float64Array(order.length);
  let compared = 0;
  for (let r = 0; r < rows.length; r++) {
    const i = rows[r]!;
    const factor = pointFrame.factors[i]!;
    const inverse = factor === 0 ? 0 : 1 / factor;
    const squares = pointFrame.lengths[i]! ** 2 * slack;
    const incumbent = kind === "new" ? -1 : labels[i]!;
    let nearest = incumbent;
    let distance = kind === "new" ? Infinity : distances[i]!;
    let surely = squares === Infinity
      ? -Infinity
      : (squares - distance / shade) / 2;
    windowsOf(i, windows);
    const firstMaximum = r * groups;
    for (let g = 0; g < groups; g++) {
      const score = inverse * units[g]! * maxima[firstMaximum + g]! +
        least[g]! - windows[g]!;
      if (score > surely) surely = score;
    }
    let ruledOut = -Infinity;
    let count = 0;
    for (let g = 0; g < groups; g++) {
      const scale = inverse * units[g]!;
      const window = windows[g]!;
      const from = g * size;
      const atMost = scale * maxima[firstMaximum + g]! + biases[from]! + window;
      if (atMost < surely) {
        if (atMost > ruledOut) ruledOut = atMost;
        continue;
      }
      const to = Math.min(from + size, order.length);
      const firstProduct = r * groups * size;
      for (let at = from; at < to; at++) {
        const score = scale * products[firstProduct + at]! + biases[at]!;
        if (score - window > surely) surely = score - window;
        if (score + window < surely) {
          if (score + window > ruledOut) ruledOut = score + window;
        } else {
          candidates[count] = at;
          most[count++] = score + window;
        }
      }
    }
    let second = Infinity;
    for (let n = 0; n < count; n++) {
      if (most[n]! < surely) {
        if (most[n]! > ruledOut) ruledOut = most[n]!;
        continue;
      }
      const c = order[candidates[n]!]!;
      if (c === incumbent) continue;
      const own = squaredDistance(points, i, centroids, c);
      compared++;
      if (own < distance || (own === distance && c < nearest)) {
        second = distance;
        nearest = c;
        distance = own;
      } else if (own < second) second = own;
    }
    labels[i] = nearest;
    distances[i] = distance;
    const beyond = Math.min(
      twins ? distance : second,
      second,
      squares - 2 * ruledOut,
    );
    const away = beyond > 0 ? Math.sqrt(beyond) * shade : 0;
    others[i] = kind === "challenge" ? Math.min(others[i]!, away) : away;
  }
  return compared;
};

/** By how much rough scores of a point may be off, for each group. */
const windowsIn = (
  { points, pointFrame, centroidFrame }: Contest,
  coarse: boolean,
): (i: number, windows: Float64Array) => void => {
  const { lengths, losses } = pointFrame;
  const { longest, losses: centroidLosses } = centroidFrame;
  const rounding = 2 ** -20 + (coarse ? 0 : (points.columns + 16) * 2 ** -24);
  const farthest = longest.at(-1)!;
  const ofReach = longest.map((length, g) =>
    (coarse ? centroidLosses[g]! : 0) + rounding * (length + centroidLosses[g]!)
  );
  return (i, windows) => {
    const length = lengths[i]!;
    if (length === Infinity) {
      windows.fill(Infinity);
      return;
    }
    const lost = coarse ? losses[i]! : 0;
    const rest = points.columns * 2 ** -50 * (length + farthest) ** 2;
    for (let g = 0; g < windows.length; g++) {
      windows[g] = lost * longest[g]! + (length + lost) * ofReach[g]! + rest;
    }
  };
};
