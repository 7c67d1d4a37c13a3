/**
 * Odd ones out: images far from the centroid of their cluster and far from
 * their nearest neighbours. A rank, never a verdict: rare is not wrong.
 *
 * @module
 */

/** Distances of a row. */
export interface RowDistances {
  /** The row. */
  readonly row: number;
  /** Distance to the centroid of its cluster, where it has one. */
  readonly centroidDistance?: number;
  /** 1 - the mean cosine similarity to its nearest neighbours, 0 to 2. */
  readonly neighbourDistance: number;
}

/** An odd one out. */
export interface Outlier extends RowDistances {
  /**
   * Fraction of the rows that are nearer to their centroid, or to their
   * neighbours: the smaller of both, so that it is far from either.
   */
  readonly unusual: number;
}

/**
 * Ranks rows by how far out they are.
 *
 * @param rows Distances of all rows.
 * @returns All of them, the most unusual first; of equal ones, the one that is
 * farther from its neighbours.
 */
export const rankOutliers = (
  rows: readonly RowDistances[],
): readonly Outlier[] => {
  const byNeighbours = fractionsBelow(
    rows.map(({ neighbourDistance }) => neighbourDistance),
  );
  const byCentroid = fractionsBelow(
    rows.map(({ centroidDistance = Infinity }) => centroidDistance),
  );
  return rows.map((one, i) => ({
    ...one,
    unusual: one.centroidDistance === undefined
      ? byNeighbours[i]!
      : Math.min(byNeighbours[i]!, byCentroid[i]!),
  })).sort((a, b) =>
    b.unusual - a.unusual || b.neighbourDistance - a.neighbourDistance ||
    a.row - b.row
  );
};

/** The fraction of all values that lie below each. */
const fractionsBelow = (values: readonly number[]): Float64Array => {
  const sorted = Float64Array.from(values).sort();
  const first = new Map<number, number>();
  sorted.forEach((value, i) => {
    if (!first.has(value)) first.set(value, i);
  });
  return Float64Array.from(
    values,
    (value) => first.get(value)! / values.length,
  );
};
