/**
 * Rows in any order: from memory where they fit, else read one by one.
 *
 * @module
 */
import {
  type Matrix,
  matrix,
  type NonFiniteFeatureError,
  readInto,
  requireFinite,
  type RowReader,
} from "@deepcluster/core";
import { Effect } from "effect";
import type { Labelled } from "./labelled.ts";

/** Copies rows, in the order given, to the beginning of `into`. */
export type Gather<E> = (
  positions: Int32Array,
  into: Float32Array,
) => Effect.Effect<void, E>;

/** Reads at the same time. */
const readers = 16;
/** Rows of one read, so that readers hold about as much as a batch. */
const mostInARun = 16;
/**
 * Values of one read of rows most of which are wanted: 32 MiB. Each read waits
 * for what this thread computes in between.
 */
const mostInASpan = 2 ** 23;

/**
 * Opens rows for picking.
 *
 * Rows that fit in `memoryBytes` are read once, here, and held. Of others only
 * those picked are held, in the caller's memory, and what 16 reads of at most
 * 16 rows bring.
 *
 * @param action What is to be done, for the message.
 * @param rows `[n, d]`.
 * @param memoryBytes Memory that may be held.
 * @returns What picks them, or the error of reading; `NonFiniteFeatureError`
 * when a feature is not finite, here or when it is picked.
 */
export const gatherFrom: <E>(
  action: string,
  rows: RowReader<E>,
  memoryBytes: number,
) => Effect.Effect<
  Gather<E | NonFiniteFeatureError>,
  E | NonFiniteFeatureError
> = Effect.fnUntraced(function* <E>(
  action: string,
  rows: RowReader<E>,
  memoryBytes: number,
) {
  const { rows: n, columns: d } = rows;
  if (4 * n * d > memoryBytes) return pickOneByOne(action, rows);
  const held = yield* rows.read(0, n);
  yield* requireFinite(action, held, (row) => row);
  return (positions, into) =>
    Effect.sync(() => {
      for (let i = 0; i < positions.length; i++) {
        const from = positions[i]! * d;
        into.set(held.data.subarray(from, from + d), i * d);
      }
    });
});

const pickOneByOne =
  <E>(action: string, rows: RowReader<E>): Gather<E | NonFiniteFeatureError> =>
  (positions, into) => {
    const { length } = positions;
    const d = rows.columns;
    const picked = matrix(length, d, into.subarray(0, length * d));
    return Effect.andThen(
      copyRows(rows, positions, picked),
      requireFinite(action, picked, (row) => positions[row]!),
    );
  };

/** Reads rows that stand in a row at once, several such reads at a time. */
const copyRows = <E>(
  rows: RowReader<E>,
  positions: Int32Array,
  into: Matrix,
): Effect.Effect<void, E> =>
  Effect.forEach(
    runsOf(positions),
    ({ start, count, at }) =>
      readInto(rows, start, count, into.data.subarray(at * rows.columns)),
    { concurrency: readers, discard: true },
  );

/** Rows `start` to `start + count - 1`, which stand from `at` on. */
interface Run {
  readonly start: number;
  readonly count: number;
  readonly at: number;
}

const runsOf = (positions: Int32Array): readonly Run[] => {
  const runs: Run[] = [];
  for (let at = 0; at < positions.length;) {
    const start = positions[at]!;
    let count = 1;
    while (count < mostInARun && positions[at + count] === start + count) {
      count++;
    }
    runs.push({ start, count, at });
    at += count;
  }
  return runs;
};

/** Whether rows ascend, and are at least half of those between their ends. */
const isDense = (positions: Int32Array): boolean => {
  const { length } = positions;
  const ends = positions[length - 1]! - positions[0]! < 2 * length;
  return ends &&
    positions.every((position, i) => i === 0 || position > positions[i - 1]!);
};

/** Reads all rows between the first and the last, and keeps those wanted. */
const copyDense = Effect.fnUntraced(function* <E>(
  rows: RowReader<E>,
  positions: Int32Array,
  into: Matrix,
): Effect.fn.Return<void, E> {
  const { columns: d } = rows;
  const last = positions[positions.length - 1]!;
  const height = Math.max(1, Math.floor(mostInASpan / d));
  const span = new Float32Array(d * Math.min(height, last - positions[0]! + 1));
  for (let at = 0; at < positions.length;) {
    const start = positions[at]!;
    const count = Math.min(height, last - start + 1);
    const { data } = yield* rows.read(start, count, span);
    for (; at < positions.length && positions[at]! < start + count; at++) {
      const from = d * (positions[at]! - start);
      into.data.set(data.subarray(from, from + d), at * d);
    }
  }
});

/**
 * Some rows of others, read from them when they are asked for: those that
 * stand in a row at once, without a copy; where most of the rows between are
 * wanted, those are read with them, which is faster than many small reads.
 *
 * @param rows `[n, d]`.
 * @param positions Which, in which order; each from 0 to n - 1.
 * @returns `[positions, d]`.
 */
export const readRows = <E>(
  rows: RowReader<E>,
  positions: Int32Array,
): RowReader<E> => ({
  rows: positions.length,
  columns: rows.columns,
  read: (start, count, into) => {
    const wanted = positions.subarray(start, start + count);
    const [first = 0] = wanted;
    if (wanted.every((position, i) => position === first + i)) {
      return rows.read(first, count, into);
    }
    const values = into?.subarray(0, count * rows.columns);
    const block = matrix(count, rows.columns, values);
    const copy = isDense(wanted) ? copyDense : copyRows;
    return Effect.as(copy(rows, wanted, block), block);
  },
});

/**
 * Some images of others, with their labels.
 *
 * @param labelled Images.
 * @param positions Which, in which order; each a position of `labelled`.
 * @returns As {@link readRows}.
 */
export const subsetOf = <E>(
  labelled: Labelled<E>,
  positions: Int32Array,
): Labelled<E> => ({
  ...labelled,
  features: readRows(labelled.features, positions),
  labels: positions.map((position) => labelled.labels[position]!),
});
