/**
 * The most similar rows so far, while candidates come one by one.
 *
 * @module
 */

/** The most similar rows so far, of at most as many as the arrays hold. */
export interface NearestRows {
  /** The most similar first; the first {@link count} hold. */
  readonly rows: Int32Array;
  /** Their scores, descending. */
  readonly scores: Float64Array;
  /** How many there are. */
  count: number;
}

/**
 * Returns room for results.
 *
 * @param top How many are kept.
 * @returns No results yet.
 */
export const noRows = (top: number): NearestRows => ({
  rows: new Int32Array(top),
  scores: new Float64Array(top),
  count: 0,
});

/**
 * The score that a row must exceed to be kept, or equal if it is a lower row.
 *
 * @param nearest See {@link NearestRows}.
 * @returns The lowest score kept; -Infinity while there is room.
 */
export const lowestKept = ({ scores, count }: NearestRows): number =>
  count < scores.length ? -Infinity : scores[count - 1]!;

/**
 * Keeps a row if it is among the most similar; of equal scores the lower row
 * is before the higher.
 *
 * @param nearest Changed in place; must not have the row.
 * @param row The row.
 * @param score Its score.
 */
export const keepNearest = (
  nearest: NearestRows,
  row: number,
  score: number,
): void => {
  const { rows, scores } = nearest;
  let place = nearest.count;
  const isBefore = (other: number) =>
    scores[other]! < score || (scores[other] === score && rows[other]! > row);
  if (place === rows.length) {
    if (!isBefore(place - 1)) return;
    place--;
  } else nearest.count++;
  for (; place > 0 && isBefore(place - 1); place--) {
    scores[place] = scores[place - 1]!;
    rows[place] = rows[place - 1]!;
  }
  scores[place] = score;
  rows[place] = row;
};

/**
 * Finds the k-th largest of some values (C. A. R. Hoare, "Find", 1961).
 *
 * @param values Numbers, no NaN; the first `count` change places.
 * @param count How many there are.
 * @param k From 1 to `count`.
 * @returns The value.
 */
export const kthLargest = (
  values: Float64Array,
  count: number,
  k: number,
): number => {
  let [from, to] = [0, count - 1];
  while (from < to) {
    const pivot = values[(from + to) >> 1]!;
    let [i, j] = [from, to];
    while (i <= j) {
      while (values[i]! > pivot) i++;
      while (values[j]! < pivot) j--;
      if (i > j) break;
      const value = values[i]!;
      values[i++] = values[j]!;
      values[j--] = value;
    }
    if (k - 1 <= j) to = j;
    else if (k - 1 >= i) from = i;
    else break;
  }
  return values[k - 1]!;
};
