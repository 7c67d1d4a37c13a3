/**
 * Numbers of clusters to try.
 *
 * @module
 */

/** Steps of about a quarter, at numbers that people choose. */
const steps = [10, 12, 15, 20, 25, 30, 40, 50, 60, 80];

/**
 * Returns numbers of clusters for a sweep: 2 to 6, 8, and then in steps of
 * about a quarter.
 *
 * @param points Number of points.
 * @param largest The last number at most. Default: 200.
 * @returns Ascending numbers, each leaving twenty points to a cluster at least.
 */
export const clusterLadder = (
  points: number,
  largest = 200,
): readonly number[] => {
  const last = Math.min(largest, Math.floor(points / 20));
  const ladder = [2, 3, 4, 5, 6, 8];
  for (let decade = 1; ladder.at(-1)! < last; decade *= 10) {
    ladder.push(...steps.map((step) => step * decade));
  }
  return ladder.filter((k) => k <= last);
};
