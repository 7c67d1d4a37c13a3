/**
 * From the two highest scores of each point to exact assignments, where they
 * suffice: when the bounds of the scores prove that no centroid but the best,
 * or the current assignment, can be the nearest. A few points in a thousand
 * are left over; `assign_exactly.ts` assigns them by all their scores.
 *
 * @module
 */
import {
  type Candidates,
  compareExactly,
  currentScore,
  type ScoringPass,
} from "./assign_exactly.ts";
import type { AssignmentBounds } from "./assignment_bounds.ts";
import type { BestScores } from "./best_scorer.ts";
import { scoreErrorOf } from "./error_bounds.ts";

/**
 * Assigns the points of one block whose assignment is certain and computes
 * their bounds.
 *
 * @param pass As for `assignExactly`.
 * @param scores Row r is that of point `rows[r]`.
 * @param scale That of the scores.
 * @param rows Indices of the points.
 * @param bounds Written to for the points that are assigned.
 * @returns The others.
 */
export const assignCertain = (
  pass: ScoringPass,
  { columns, best, second }: BestScores,
  scale: number,
  rows: Int32Array,
  bounds: AssignmentBounds,
): Int32Array => {
  const { quantizedPoints, quantizedCentroids, factorRounding } = pass;
  const errorOf = scoreErrorOf(
    quantizedPoints,
    quantizedCentroids,
    scale,
    factorRounding,
  );
  const unscale = 1 / scale / scale;
  const candidate: Candidates = {
    columns: new Int32Array(1),
    upperBounds: new Float64Array(1),
    count: 1,
    bestLowerBound: -Infinity,
    discardedUpperBound: -Infinity,
  };
  return rows.filter((i, r) => {
    const error = errorOf(i);
    const score = best[r]! * unscale;
    candidate.columns[0] = columns[r]!;
    candidate.upperBounds[0] = score + error;
    candidate.discardedUpperBound = second[r]! * unscale + error;
    candidate.bestLowerBound = Math.max(
      currentScore(pass, i, bounds),
      score - error,
    );
    // Also where the error is infinite, or a score not a number.
    if (!(candidate.discardedUpperBound < candidate.bestLowerBound)) {
      return true;
    }
    compareExactly(pass, i, candidate, bounds);
    return false;
  });
};
