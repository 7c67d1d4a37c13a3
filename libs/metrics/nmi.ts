/**
 * Normalised mutual information: how much one labelling says about another.
 *
 * Paper: section 4.1, equation 3, `I(A;B) / sqrt(H(A) H(B))`, natural logs.
 * Conventions of scikit-learn's `normalized_mutual_info_score` with
 * `average_method="geometric"`.
 *
 * @module
 */
import { Effect } from "effect";
import {
  type Contingency,
  contingency,
  type ContingencyOptions,
} from "./contingency.ts";
import type { LabelCountError } from "./errors.ts";

/**
 * Compares two labellings of the same points, whatever their numbers are.
 *
 * O(n) time and memory. Symmetric. When neither labelling splits the points
 * (one label each, or no points at all) they agree: 1. When only one of them
 * does, or they share no information, 0.
 *
 * @param first Labels `[n]`, any integers.
 * @param second Labels `[n]` of the same points.
 * @param options `ignoreNegative` leaves out points without a label.
 * @returns From 0 to 1, or `LabelCountError` when the lengths differ.
 *
 * @example The same groups under other numbers
 * ```ts
 * import { nmi } from "@deepcluster/metrics";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const first = Int32Array.of(0, 0, 1, 1);
 * const second = Int32Array.of(5, 5, 2, 2);
 * assert.equal(Effect.runSync(nmi(first, second)), 1);
 * ```
 */
export const nmi: (
  first: Int32Array,
  second: Int32Array,
  options?: ContingencyOptions,
) => Effect.Effect<number, LabelCountError> = Effect.fn("nmi")(function* (
  first,
  second,
  options = {},
) {
  return nmiOf(yield* contingency(first, second, options));
});

/**
 * Normalised mutual information of a contingency table.
 *
 * @param table Counts of pairs of labels.
 * @param average Mean of the two entropies that `I(A;B)` is divided by: the
 * paper's `geometric`, or scikit-learn's default `arithmetic`.
 * @returns From 0 to 1, as {@link nmi}.
 */
export const nmiOf = (
  table: Contingency,
  average: "geometric" | "arithmetic" = "geometric",
): number => {
  const { points, firstTotals, secondTotals } = table;
  if (firstTotals.length <= 1 && secondTotals.length <= 1) return 1;
  if (firstTotals.length === 1 || secondTotals.length === 1) return 0;
  const first = entropy(firstTotals, points);
  const second = entropy(secondTotals, points);
  const mean = average === "geometric"
    ? Math.sqrt(first * second)
    : (first + second) / 2;
  return Math.min(1, mutualInformation(table) / mean);
};

/** `H`, in nats, of labels that occur `totals` times. */
const entropy = (totals: Int32Array, points: number): number => {
  let sum = 0;
  for (const total of totals) {
    sum -= total / points * Math.log(total / points);
  }
  return sum;
};

/** `I(A;B)` in nats. */
const mutualInformation = (table: Contingency): number => {
  const { points, firstTotals, secondTotals, first, second, counts } = table;
  let sum = 0;
  for (let cell = 0; cell < counts.length; cell++) {
    const count = counts[cell]!;
    const byChance = firstTotals[first[cell]!]! *
      (secondTotals[second[cell]!]! / points);
    const share = count / points * Math.log(count / byChance);
    if (Math.abs(share) >= Number.EPSILON) sum += share;
  }
  return Math.max(0, sum);
};
