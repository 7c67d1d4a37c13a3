/**
 * How two labellings of the same points fall together: the contingency table,
 * holding only the pairs that occur.
 *
 * @module
 */
import { Effect } from "effect";
import { LabelCountError } from "./errors.ts";

/** Which points are counted. */
export interface ContingencyOptions {
  /** Leaves out points with a negative label on either side. Default: false. */
  readonly ignoreNegative?: boolean;
}

/** The non-zero cells of a contingency table, ordered by their first label. */
export interface Contingency {
  /** Number of points counted. */
  readonly points: number;
  /** Points of every first label that occurs. */
  readonly firstTotals: Int32Array;
  /** Points of every second label that occurs. */
  readonly secondTotals: Int32Array;
  /** Position in `firstTotals` of each cell's first label, ascending. */
  readonly first: Int32Array;
  /** Position in `secondTotals` of each cell's second label. */
  readonly second: Int32Array;
  /** Points of each cell, at least 1. */
  readonly counts: Int32Array;
}

/**
 * Counts the pairs of labels.
 *
 * O(n) time and memory, however many labels there are: a table of 10 000 by
 * 10 000 clusters has at most n cells that are not zero.
 *
 * @param first Labels `[n]`, any integers.
 * @param second Labels `[n]` of the same points.
 * @param options See {@link ContingencyOptions}.
 * @returns The table, or `LabelCountError` when the lengths differ.
 */
export const contingency: (
  first: Int32Array,
  second: Int32Array,
  options?: ContingencyOptions,
) => Effect.Effect<Contingency, LabelCountError> = Effect.fnUntraced(function* (
  first,
  second,
  options = {},
) {
  if (first.length !== second.length) {
    return yield* new LabelCountError({
      first: first.length,
      second: second.length,
    });
  }
  const counted = options.ignoreNegative
    ? (_: number, i: number) => first[i]! >= 0 && second[i]! >= 0
    : () => true;
  const a = renumber(first.filter(counted));
  const b = renumber(second.filter(counted));
  return {
    points: a.labels.length,
    firstTotals: a.totals,
    secondTotals: b.totals,
    ...countCells(a, b),
  };
});

/** Labels `0 … totals.length - 1`, and how often each occurs. */
interface Numbered {
  readonly labels: Int32Array;
  readonly totals: Int32Array;
}

/** Numbers labels in the order of their first occurrence. */
const renumber = (labels: Int32Array): Numbered => {
  const numbers = new Map<number, number>();
  const dense = new Int32Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    let number = numbers.get(labels[i]!);
    if (number === undefined) numbers.set(labels[i]!, number = numbers.size);
    dense[i] = number;
  }
  const totals = new Int32Array(numbers.size);
  for (const label of dense) totals[label]!++;
  return { labels: dense, totals };
};

/** Sorts points by first label, then counts the second ones of each group. */
const countCells = (
  a: Numbered,
  b: Numbered,
): Pick<Contingency, "first" | "second" | "counts"> => {
  const grouped = groupBy(a, b.labels);
  const tally = new Int32Array(b.totals.length);
  const cells: [number[], number[], number[]] = [[], [], []];
  let start = 0;
  for (let group = 0; group < a.totals.length; group++) {
    const members = grouped.subarray(start, start += a.totals[group]!);
    for (const label of members) tally[label]!++;
    for (const label of members) {
      if (tally[label] === 0) continue;
      cells[0].push(group);
      cells[1].push(label);
      cells[2].push(tally[label]!);
      tally[label] = 0;
    }
  }
  const [first, second, counts] = cells;
  return {
    first: Int32Array.from(first),
    second: Int32Array.from(second),
    counts: Int32Array.from(counts),
  };
};

/** Counting sort of `values` by the labels beside them. */
const groupBy = ({ labels, totals }: Numbered, values: Int32Array) => {
  const next = new Int32Array(totals.length);
  for (let group = 1; group < totals.length; group++) {
    next[group] = next[group - 1]! + totals[group - 1]!;
  }
  const grouped = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    grouped[next[labels[i]!]!++] = values[i]!;
  }
  return grouped;
};
