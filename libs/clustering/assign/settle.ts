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
  scores: Scores,
  rows: Int32Array,
  standing: Standing,
): number => {
  const search = searchOf(contest, scores);
  let compared = 0;
  for (let r = 0; r < rows.length; r++) {
    const i = rows[r]!;
    search.surely = scoreOf(contest, i, standing);
    ruleOut(contest, scores, r, i, search);
    compared += decide(contest, i, search, standing);
  }
  return compared;
};

/** What is left of the centroids for one point; used for one after another. */
interface Search {
  /** Fills in the windows of a point. */
  readonly windowsOf: (i: number, windows: Float64Array) => void;
  /** `[groups]`: by how much rough scores may be off. */
  readonly windows: Float64Array;
  /** Columns that are not ruled out, `count` of them. */
  readonly candidates: Int32Array;
  /** Above which the scores of candidates are not. */
  readonly most: Float64Array;
  count: number;
  /** What the best score surely reaches. */
  surely: number;
  /** Above which no score of what was ruled out is. */
  ruledOut: number;
}

const searchOf = (contest: Contest, { coarse }: Scores): Search => {
  const { groups, order } = contest.centroidFrame;
  return {
    windowsOf: windowsIn(contest, coarse),
    windows: new Float64Array(groups),
    candidates: new Int32Array(order.length),
    most: new Float64Array(order.length),
    count: 0,
    surely: -Infinity,
    ruledOut: -Infinity,
  };
};

/** At most the squared length of a moved point. */
const squaresOf = ({ lengths }: PointFrame, i: number): number =>
  lengths[i]! ** 2 * slack;

/** What the score of the old label surely reaches. */
const scoreOf = (
  { pointFrame, kind }: Contest,
  i: number,
  { distances }: Standing,
): number => {
  const squares = squaresOf(pointFrame, i);
  return kind === "new" || squares === Infinity
    ? -Infinity
    : (squares - distances[i]! / shade) / 2;
};

/** Goes through the rough scores of one point, group by group. */
const ruleOut = (
  { pointFrame, centroidFrame }: Contest,
  { products, maxima }: Scores,
  r: number,
  i: number,
  search: Search,
): void => {
  const { size, groups, order, biases, least, units } = centroidFrame;
  const { windows, candidates, most } = search;
  const factor = pointFrame.factors[i]!;
  const inverse = factor === 0 ? 0 : 1 / factor;
  const firstMaximum = r * groups;
  const firstProduct = firstMaximum * size;
  let { surely } = search;
  let ruledOut = -Infinity;
  let count = 0;
  search.windowsOf(i, windows);
  for (let g = 0; g < groups; g++) {
    const score = inverse * units[g]! * maxima[firstMaximum + g]! + least[g]! -
      windows[g]!;
    if (score > surely) surely = score;
  }
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
  search.count = count;
  search.surely = surely;
  search.ruledOut = ruledOut;
};

/** Compares what is left in double. Returns how many distances that took. */
const decide = (
  { points, centroids, pointFrame, centroidFrame, kind }: Contest,
  i: number,
  { candidates, most, count, surely, ruledOut }: Search,
  { labels, distances, others }: Standing,
): number => {
  const incumbent = kind === "new" ? -1 : labels[i]!;
  let nearest = incumbent;
  let distance = kind === "new" ? Infinity : distances[i]!;
  let second = Infinity;
  let beyond = ruledOut;
  let compared = 0;
  for (let n = 0; n < count; n++) {
    if (most[n]! < surely) {
      if (most[n]! > beyond) beyond = most[n]!;
      continue;
    }
    const c = centroidFrame.order[candidates[n]!]!;
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
  const other = Math.min(
    centroidFrame.twins ? distance : second,
    second,
    squaresOf(pointFrame, i) - 2 * beyond,
  );
  const away = other > 0 ? Math.sqrt(other) * shade : 0;
  others[i] = kind === "challenge" ? Math.min(others[i]!, away) : away;
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
