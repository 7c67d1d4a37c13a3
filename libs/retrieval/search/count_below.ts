/**
 * Binary search in ascending values.
 *
 * @module
 */

/**
 * Counts the values below a limit.
 *
 * @param sorted Ascending.
 * @param limit The limit.
 * @returns How many are smaller: where the limit is, or would be, in `sorted`.
 */
export const countBelow = (
  sorted: ArrayLike<number>,
  limit: number,
): number => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
};
