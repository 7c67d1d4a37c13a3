/**
 * From coarse scores to exact assignments: discards the centroids that cannot
 * be the nearest and compares the rest in double precision.
 *
 * The nearest centroid maximises the score s = x·c - |c|²/2, with x and c
 * relative to the origin. The coarse pass computes each score with a known
 * maximum error (`errorBound`, one per group of centroids), so every centroid
 * has a lower and an upper bound. A centroid whose upper bound is below the
 * best lower bound cannot be the nearest and is discarded; the rest, the
 * candidates, are compared exactly. `threaded_assigner.ts` describes all steps.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import type { AssignmentBounds } from "./assignment_bounds.ts";
import type { CoarseScores } from "./coarse_scorer.ts";
import { squaredDistance } from "./distances.ts";
import { errorBoundsOf, type WriteErrorBounds } from "./error_bounds.ts";
import type { QuantizedCentroids } from "./quantized_centroids.ts";
import type { QuantizedPoints } from "./quantized_points.ts";

/** What all blocks of one pass over points have in common. */
export interface ScoringPass {
  /** `[n, d]`. */
  readonly points: Matrix;
  /** `[k, d]`. */
  readonly centroids: Matrix;
  /** Of all points. */
  readonly quantizedPoints: QuantizedPoints;
  /** Of the centroids that are compared. */
  readonly quantizedCentroids: QuantizedCentroids;
  /**
   * `first`: all centroids are compared, and the points have no assignment
   * yet. `full`: they have one, and `distances` holds the distance to it.
   * `partial`: likewise, but only active centroids are compared, and
   * `lowerBounds` holds for the others.
   */
  readonly search: "first" | "full" | "partial";
  /** By how much products round their factors: `measureFactorRounding`. */
  readonly factorRounding: number;
}

/** Covers the roundings of norms in {@link QuantizedPoints}, when squared. */
const squaredNormMargin = 1 - 2 ** -16;
/** Covers the roundings of a square root and of a distance. */
const distanceMargin = 1 - 2 ** -30;

/**
 * Assigns the points of one block and computes their bounds.
 *
 * @param pass See {@link ScoringPass}.
 * @param scores Coarse scores: row r is that of point `rows[r]`.
 * @param rows Indices of the points.
 * @param bounds Written to for these points.
 */
export const assignExactly = (
  pass: ScoringPass,
  scores: CoarseScores,
  rows: Int32Array,
  bounds: AssignmentBounds,
): void => {
  const candidates = candidatesOf(pass);
  for (let r = 0; r < rows.length; r++) {
    const i = rows[r]!;
    candidates.bestLowerBound = currentScore(pass, i, bounds);
    discard(pass, scores, r, i, candidates);
    compareExactly(pass, i, candidates, bounds);
  }
};

/** The candidates of one point; reused for one point after the other. */
export interface Candidates {
  /** Columns that are not discarded, `count` of them. */
  readonly columns: Int32Array;
  /** Upper bounds of their scores. */
  readonly upperBounds: Float64Array;
  count: number;
  /** The best score is at least this. */
  bestLowerBound: number;
  /** No score of a discarded centroid is above this. */
  discardedUpperBound: number;
}

/** Candidates with the error bounds by which they are found. */
interface BoundedCandidates extends Candidates {
  readonly writeErrorBounds: WriteErrorBounds;
  /** `[groups]`. */
  readonly errorBounds: Float64Array;
}

const candidatesOf = (
  { quantizedPoints, quantizedCentroids, factorRounding }: ScoringPass,
): BoundedCandidates => {
  const { groups, centroidOfColumn } = quantizedCentroids;
  return {
    writeErrorBounds: errorBoundsOf(
      quantizedPoints,
      quantizedCentroids,
      factorRounding,
    ),
    errorBounds: new Float64Array(groups),
    columns: new Int32Array(centroidOfColumn.length),
    upperBounds: new Float64Array(centroidOfColumn.length),
    count: 0,
    bestLowerBound: -Infinity,
    discardedUpperBound: -Infinity,
  };
};

/** |x|² or slightly less, for x relative to the origin. */
const squaredNorm = ({ norms }: QuantizedPoints, i: number): number =>
  norms[i]! ** 2 * squaredNormMargin;

/**
 * Bounds the score of a point's current assignment from below: (|x|² - u²) / 2.
 *
 * @param pass See {@link ScoringPass}.
 * @param i The point.
 * @param bounds Its distance.
 * @returns The bound; -Infinity without an assignment.
 */
export const currentScore = (
  { quantizedPoints, search }: ScoringPass,
  i: number,
  { distances }: AssignmentBounds,
): number => {
  const squares = squaredNorm(quantizedPoints, i);
  return search === "first" || squares === Infinity
    ? -Infinity
    : (squares - distances[i]! / distanceMargin) / 2;
};

/** Discards groups, then single centroids, by their upper bounds. */
const discard = (
  { quantizedPoints, quantizedCentroids }: ScoringPass,
  { products, maxima }: CoarseScores,
  r: number,
  i: number,
  candidates: BoundedCandidates,
): void => {
  const { groupSize, groups, centroidOfColumn, biases, minBiases, scales } =
    quantizedCentroids;
  const { errorBounds, columns, upperBounds } = candidates;
  const inverseScale = quantizedPoints.inverseScales[i]!;
  const pointScale = inverseScale === 0 ? 0 : 1 / inverseScale;
  const firstMaximum = r * groups;
  const firstProduct = firstMaximum * groupSize;
  let { bestLowerBound } = candidates;
  let discardedUpperBound = -Infinity;
  let count = 0;
  candidates.writeErrorBounds(i, errorBounds);
  for (let g = 0; g < groups; g++) {
    const lowerBound = pointScale * scales[g]! * maxima[firstMaximum + g]! +
      minBiases[g]! - errorBounds[g]!;
    if (lowerBound > bestLowerBound) bestLowerBound = lowerBound;
  }
  for (let g = 0; g < groups; g++) {
    const scale = pointScale * scales[g]!;
    const errorBound = errorBounds[g]!;
    const from = g * groupSize;
    const groupUpperBound = scale * maxima[firstMaximum + g]! + biases[from]! +
      errorBound;
    if (groupUpperBound < bestLowerBound) {
      if (groupUpperBound > discardedUpperBound) {
        discardedUpperBound = groupUpperBound;
      }
      continue;
    }
    const to = Math.min(from + groupSize, centroidOfColumn.length);
    for (let column = from; column < to; column++) {
      const score = scale * products[firstProduct + column]! + biases[column]!;
      if (score - errorBound > bestLowerBound) {
        bestLowerBound = score - errorBound;
      }
      if (score + errorBound < bestLowerBound) {
        if (score + errorBound > discardedUpperBound) {
          discardedUpperBound = score + errorBound;
        }
      } else {
        columns[count] = column;
        upperBounds[count++] = score + errorBound;
      }
    }
  }
  candidates.count = count;
  candidates.bestLowerBound = bestLowerBound;
  candidates.discardedUpperBound = discardedUpperBound;
};

/**
 * Compares the candidates in double.
 *
 * @param pass See {@link ScoringPass}.
 * @param i The point.
 * @param candidates Of the point.
 * @param bounds Written to for the point.
 */
export const compareExactly = (
  { points, centroids, quantizedPoints, quantizedCentroids, search }:
    ScoringPass,
  i: number,
  { columns, upperBounds, count, bestLowerBound, discardedUpperBound }:
    Candidates,
  { assignments, distances, lowerBounds }: AssignmentBounds,
): void => {
  const currentAssignment = search === "first" ? -1 : assignments[i]!;
  let nearest = currentAssignment;
  let distance = search === "first" ? Infinity : distances[i]!;
  let secondDistance = Infinity;
  let maxDiscarded = discardedUpperBound;
  for (let n = 0; n < count; n++) {
    if (upperBounds[n]! < bestLowerBound) {
      if (upperBounds[n]! > maxDiscarded) maxDiscarded = upperBounds[n]!;
      continue;
    }
    const c = quantizedCentroids.centroidOfColumn[columns[n]!]!;
    if (c === currentAssignment) continue;
    const candidate = squaredDistance(points, i, centroids, c);
    if (candidate < distance || (candidate === distance && c < nearest)) {
      secondDistance = distance;
      nearest = c;
      distance = candidate;
    } else if (candidate < secondDistance) secondDistance = candidate;
  }
  assignments[i] = nearest;
  distances[i] = distance;
  const otherDistance = Math.min(
    quantizedCentroids.hasDuplicates ? distance : secondDistance,
    secondDistance,
    squaredNorm(quantizedPoints, i) - 2 * maxDiscarded,
  );
  const lowerBound = otherDistance > 0
    ? Math.sqrt(otherDistance) * distanceMargin
    : 0;
  lowerBounds[i] = search === "partial"
    ? Math.min(lowerBounds[i]!, lowerBound)
    : lowerBound;
};
