/**
 * Points, and what is known of each, in memory that all threads share. Threads
 * are sent the buffers, as Deno passes views element by element.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import type { AllocateShared } from "./shared_memory.ts";

/** Buffers that all threads share. */
export interface SharedPoints {
  /** Number of points. */
  readonly n: number;
  /** Features of a point. */
  readonly d: number;
  /** Holds the points; shared if more than one thread reads them. */
  readonly points: ArrayBufferLike;
  /** Where in `points` the first one begins, in bytes. */
  readonly offset: number;
  /** Holds the other arrays of {@link PointArrays}. */
  readonly state: SharedArrayBuffer;
}

/** Views of {@link SharedPoints}. */
export interface PointArrays {
  /** `[n, d]`. */
  readonly points: Float32Array;
  /** `[n]`, as in `AssignmentBounds`; likewise the next two. */
  readonly distances: Float64Array;
  readonly lowerBounds: Float64Array;
  readonly assignments: Int32Array;
  /** `[n]`, as in `QuantizedPoints`; likewise the next ones. */
  readonly inverseScales: Float32Array;
  readonly norms: Float32Array;
  readonly quantizationErrors: Float32Array;
  /** `[d]`. */
  readonly origin: Float32Array;
  /** {@link nextChunk} and {@link stopped}, for `Atomics`. */
  readonly control: Int32Array;
}

/** Index in `control`: how many chunks have been taken. */
export const nextChunk = 0;
/** Index in `control`: 1 when the assignment is not wanted any more. */
export const stopped = 1;

/** Bytes of `state` for each point. */
export const stateBytesPerPoint = 32;

/**
 * Puts points where threads can read them, with room for what is known of each.
 *
 * @param points `[n, d]`.
 * @param forWorkers Whether other threads read them: then they are copied
 * unless they are in shared memory already.
 * @param allocate Memory for what is known of each. Default: new memory.
 * @returns The buffers.
 */
export const sharePoints = (
  { rows: n, columns: d, data }: Matrix,
  forWorkers: boolean,
  allocate: AllocateShared = (bytes) => new SharedArrayBuffer(bytes),
): SharedPoints => {
  const shared = {
    n,
    d,
    points: data.buffer,
    offset: data.byteOffset,
    state: allocate(stateBytesPerPoint * n + 4 * d + 8),
  };
  return forWorkers ? readable(shared) : shared;
};

/**
 * Makes points readable for other threads.
 *
 * @param shared The buffers.
 * @returns The same where the points are in shared memory, or else a copy.
 */
export const readable = (shared: SharedPoints): SharedPoints => {
  if (shared.points instanceof SharedArrayBuffer) return shared;
  const { points } = pointArrays(shared);
  const copy = new Float32Array(new SharedArrayBuffer(points.byteLength));
  copy.set(points);
  return { ...shared, points: copy.buffer, offset: 0 };
};

/**
 * Returns views of shared points.
 *
 * @param shared The buffers.
 * @returns The arrays in them.
 */
export const pointArrays = (
  { n, d, points, offset, state }: SharedPoints,
): PointArrays => ({
  points: new Float32Array(points, offset, n * d),
  distances: new Float64Array(state, 0, n),
  lowerBounds: new Float64Array(state, 8 * n, n),
  assignments: new Int32Array(state, 16 * n, n),
  inverseScales: new Float32Array(state, 20 * n, n),
  norms: new Float32Array(state, 24 * n, n),
  quantizationErrors: new Float32Array(state, 28 * n, n),
  origin: new Float32Array(state, 32 * n, d),
  control: new Int32Array(state, 32 * n + 4 * d, 2),
});
