/**
 * The points of a block, side by side, as a program is fed them.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";

/** Gathers the points `rows`; the result is valid until the next call. */
export type GatherPoints = (rows: Int32Array, height: number) => Float32Array;

/**
 * Returns the same memory every time: allocating costs more than copying.
 *
 * @returns Gives the beginning of one memory, which grows where it is too small.
 */
export const reusedMemory = (): (length: number) => Float32Array => {
  let memory = new Float32Array(0);
  return (length) => {
    if (memory.length < length) memory = new Float32Array(length);
    return memory.subarray(0, length);
  };
};

/**
 * Copies points side by side, adjacent ones in one copy.
 *
 * @param points `[n, d]`.
 * @param allocate Of {@link reusedMemory}.
 * @returns Gathers `[height, d]`; rows beyond the points hold anything.
 */
export const gatherPoints = (
  { columns: d, data }: Matrix,
  allocate: (length: number) => Float32Array,
): GatherPoints =>
(rows, height) => {
  const gathered = allocate(height * d);
  for (let from = 0; from < rows.length;) {
    const first = rows[from]!;
    let to = from + 1;
    while (to < rows.length && rows[to] === first + to - from) to++;
    const end = first + to - from;
    gathered.set(data.subarray(first * d, end * d), from * d);
    from = to;
  }
  return gathered;
};
