/**
 * The rows of an index that present images have.
 *
 * @module
 */
import { type Matrix, matrix, type RowReader } from "@deepcluster/core";
import { Effect } from "effect";

/** Rows that are read at a time where some of them are not live. */
const blockRows = 4096;

/**
 * Reads the live rows into memory.
 *
 * @param vectors `[n, d]` all rows.
 * @param live Which of them, ascending.
 * @returns `[live, d]`, or the errors of reading rows.
 */
export const readLiveRows: <E>(
  vectors: RowReader<E>,
  live: Int32Array,
) => Effect.Effect<Matrix, E> = Effect.fn("readLiveRows")(function* <E>(
  vectors: RowReader<E>,
  live: Int32Array,
) {
  const d = vectors.columns;
  const rows = matrix(live.length, d);
  for (let from = 0; from < live.length;) {
    const first = live[from]!;
    let to = from;
    while (to < live.length && live[to]! < first + blockRows) to++;
    const count = live[to - 1]! - first + 1;
    const room = rows.data.subarray(from * d, to * d);
    const adjacent = count === to - from;
    const { data } = yield* vectors.read(
      first,
      count,
      adjacent ? room : undefined,
    );
    if (adjacent) {
      if (data.buffer !== room.buffer) room.set(data);
    } else {
      for (let i = from; i < to; i++) {
        const at = (live[i]! - first) * d;
        rows.data.set(data.subarray(at, at + d), i * d);
      }
    }
    from = to;
  }
  return rows;
});
