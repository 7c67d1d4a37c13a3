/**
 * Hamerly's bounds: after the centroids have moved, they tell for which points
 * the assignment cannot have changed, and which centroids must be compared
 * with the others.
 *
 * For point x assigned to a, u = |x - a| and l is a lower bound on the distance
 * to every other centroid. After centroid c moved by its shift δ_c, every other
 * centroid is at least l - max δ_c away, so x stays with a while
 * u < l - max δ_c. The few centroids with the largest shifts would use the
 * bound up; these *active* centroids are left out of the maximum and compared
 * with x instead.
 *
 * References: G. Hamerly, "Making k-means even faster", 2010; T. Kaukoranta,
 * P. Fränti, O. Nevalainen, "A fast exact GLA based on code vector activity
 * detection", 2000, for the active centroids and the partial search.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import { squaredDistance } from "./distances.ts";

/** What is known of each point, updated in place. */
export interface AssignmentBounds {
  /** `[n]`: the nearest centroid, the lowest index of equally near ones. */
  readonly assignments: Int32Array;
  /** `[n]`: squared distance to it, in double. Its root is Hamerly's u. */
  readonly distances: Float64Array;
  /** `[n]`: no other centroid is nearer than this distance. Hamerly's l. */
  readonly lowerBounds: Float64Array;
}

/** Which points must be compared with which centroids. */
export interface SearchPlan {
  /** Indices of the centroids with the largest shifts. */
  readonly activeCentroids: Int32Array;
  /** Points to compare with their own and the active centroids only. */
  readonly partialSearch: Int32Array;
  /** Points to compare with all centroids. */
  readonly fullSearch: Int32Array;
}

/** A product with fewer columns takes as long. */
const minActive = 16;

/** Cost of the searches of a point beside its products, and what is tried. */
export interface SearchOverhead {
  /** In columns of a product. */
  readonly full: number;
  /** Likewise, of a search among active centroids. */
  readonly partial: number;
  /** Fractions of the centroids that may be active. */
  readonly activeFractions: readonly number[];
}

/** From 1/32 to 3/4: sizes of products are free where no program is compiled. */
const manyFractions = Array.from({ length: 24 }, (_, i) => (i + 1) / 32);

/** The costs where products are computed. */
export const overheads: Readonly<
  Record<"kernels" | "host" | "device", SearchOverhead>
> = {
  kernels: {
    full: 256,
    partial: 192,
    activeFractions: manyFractions,
  },
  host: { full: 1024, partial: 512, activeFractions: [1 / 32, 1 / 8] },
  // Copying a point to a GPU takes as long as thousands of its products there.
  device: { full: 8192, partial: 8192, activeFractions: [1 / 32, 1 / 8] },
};

/** Covers the roundings of distances. */
const roundingMargin = 1 + 2 ** -30;

/**
 * Updates the bounds of all points after the centroids have moved and plans
 * the search with the least work.
 *
 * @param points `[n, d]`.
 * @param centroids `[k, d]`, present ones.
 * @param previousCentroids `[k, d]`, those that `bounds` were computed for.
 * @param bounds Written to: afterwards they hold for the present centroids
 * except the active ones.
 * @param overhead Of the engine. Default: that of the host.
 * @returns The search that makes the assignments exact again.
 */
export const updateBounds = (
  points: Matrix,
  centroids: Matrix,
  previousCentroids: Matrix,
  bounds: AssignmentBounds,
  overhead: SearchOverhead = overheads.host,
): SearchPlan => {
  const shifts = centroidShifts(centroids, previousCentroids);
  const byShift = Int32Array.from(shifts, (_, c) => c)
    .sort((a, b) => shifts[b]! - shifts[a]! || a - b);
  const allowed = allowedShifts(points, centroids, shifts, bounds);
  const { active, maxShift } = cheapestSplit(
    shifts,
    byShift,
    allowed,
    overhead,
  );
  const { lowerBounds } = bounds;
  const n = allowed.length;
  const rows = new Int32Array(n);
  let [full, partial] = [0, 0];
  for (let i = 0; i < n; i++) {
    lowerBounds[i]! -= maxShift;
    if (allowed[i]! <= maxShift) rows[full++] = i;
    else rows[n - ++partial] = i;
  }
  return {
    activeCentroids: byShift.slice(0, active),
    partialSearch: active === 0
      ? new Int32Array(0)
      : rows.slice(full).reverse(),
    fullSearch: rows.slice(0, full),
  };
};

/**
 * Computes by how much centroids moved.
 *
 * @param centroids `[k, d]`.
 * @param previousCentroids `[k, d]`.
 * @returns δ_c, or slightly more; 0 only if the centroid is the same.
 */
export const centroidShifts = (
  centroids: Matrix,
  previousCentroids: Matrix,
): Float64Array =>
  Float64Array.from(
    { length: centroids.rows },
    (_, c) =>
      Math.sqrt(squaredDistance(centroids, c, previousCentroids, c)) *
      roundingMargin,
  );

/** l - u of each point: how far all others may move without being nearer. */
const allowedShifts = (
  points: Matrix,
  centroids: Matrix,
  shifts: Float64Array,
  { assignments, distances, lowerBounds }: AssignmentBounds,
): Float64Array => {
  const allowed = new Float64Array(assignments.length);
  for (let i = 0; i < assignments.length; i++) {
    const assigned = assignments[i]!;
    if (shifts[assigned]! > 0) {
      distances[i] = squaredDistance(points, i, centroids, assigned);
    }
    allowed[i] = allowedShift(lowerBounds[i]!, distances[i]!);
  }
  return allowed;
};

/**
 * Computes l - u: how far all others may move without being nearer.
 *
 * @param lowerBound Hamerly's l.
 * @param distance Squared distance to the own centroid.
 * @returns The difference, or slightly less.
 */
export const allowedShift = (lowerBound: number, distance: number): number =>
  lowerBound - Math.sqrt(distance * roundingMargin) * roundingMargin;

/**
 * Chooses how many centroids are active, and the largest shift of the rest.
 *
 * @param shifts `[k]`, δ_c.
 * @param byShift `[k]`, centroids by descending shift.
 * @param allowed Of all points, or of a sample.
 * @param overhead Of the engine.
 * @returns The choice with the least work.
 */
export const cheapestSplit = (
  shifts: Float64Array,
  byShift: Int32Array,
  allowed: Float64Array,
  overhead: SearchOverhead,
): { readonly active: number; readonly maxShift: number } => {
  const k = byShift.length;
  const counts = overhead.activeFractions.map((fraction) =>
    Math.ceil(k * fraction)
  )
    .filter((count) => count >= minActive);
  const choices = [0, ...counts].map((active) => {
    const maxShift = shifts[byShift[Math.min(active, k - 1)]!]!;
    let full = 0;
    for (let i = 0; i < allowed.length; i++) {
      if (allowed[i]! <= maxShift) full++;
    }
    const partial = active === 0 ? 0 : allowed.length - full;
    const work = full * (k + overhead.full) +
      partial * (active + overhead.partial);
    return { active, maxShift, work };
  });
  return choices.reduce((a, b) => b.work < a.work ? b : a);
};
