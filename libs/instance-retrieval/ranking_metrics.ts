/**
 * How good a ranked list is, as Oxford5k, Paris6k and their revisited versions
 * measure it.
 *
 * Paper: section 5.3. Reference: `compute_ap.cpp` of J. Philbin et al., "Object
 * retrieval with large vocabularies and fast spatial matching", CVPR 2007;
 * F. Radenović et al., "Revisiting Oxford and Paris", CVPR 2018. Another
 * formula than VOC's and scikit-learn's average precision, which read several
 * points higher.
 *
 * @module
 */

/** What is right for a query, by ranks in the list of images. */
export interface Judgement {
  /** Images that show what is asked for. */
  readonly positives: ReadonlySet<number>;
  /** Positives that the lists name, whether or not the image is there. */
  readonly listed: number;
  /** Images that count neither way. */
  readonly junk: ReadonlySet<number>;
}

/**
 * Ranks of the positives in a list without its junk.
 *
 * @param ranking Images, the most similar first.
 * @param judgement What is right.
 * @returns Ranks from 0, ascending.
 */
export const positiveRanks = (
  ranking: Iterable<number>,
  { positives, junk }: Judgement,
): readonly number[] => {
  const ranks: number[] = [];
  let rank = 0;
  for (const image of ranking) {
    if (junk.has(image)) continue;
    if (positives.has(image)) ranks.push(rank);
    rank++;
  }
  return ranks;
};

/**
 * The area under the curve of precision over recall by trapezia, from
 * precision 1 at recall 0. A positive that no image is there for keeps it
 * below 1.
 *
 * @param ranks From {@link positiveRanks}.
 * @param listed Positives that the lists name, at least 1.
 * @returns From 0 to 1.
 *
 * @example Two positives behind a negative
 * ```ts
 * import { trapezoidalPrecision } from "@deepcluster/instance-retrieval";
 * import assert from "node:assert/strict";
 *
 * assert.equal(trapezoidalPrecision([1, 2], 2).toFixed(6), "0.416667");
 * ```
 */
export const trapezoidalPrecision = (
  ranks: readonly number[],
  listed: number,
): number =>
  ranks.reduce((sum, rank, hits) => {
    const before = rank === 0 ? 1 : hits / rank;
    return sum + (before + (hits + 1) / (rank + 1)) / (2 * listed);
  }, 0);

/**
 * The fraction of positives among the first k, or among as many as the last
 * positive needs, where that is fewer.
 *
 * @param ranks From {@link positiveRanks}.
 * @param k How many, at least 1.
 * @returns From 0 to 1; 0 without positives.
 */
export const precisionAt = (ranks: readonly number[], k: number): number => {
  const first = Math.min(k, (ranks.at(-1) ?? 0) + 1);
  return ranks.filter((rank) => rank < first).length / first;
};
