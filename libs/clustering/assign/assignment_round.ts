/**
 * One assignment of all points, as its threads are told of it.
 *
 * @module
 */

/** What the threads compute. */
export interface AssignmentRound {
  /** Number of points. */
  readonly n: number;
  /** Number of centroids. */
  readonly k: number;
  /** Features of a point. */
  readonly d: number;
  /** Whether nothing is known of the points yet. */
  readonly first: boolean;
  /** By how much centroids moved, at most, except the active ones. */
  readonly maxShift: number;
  /** Number of active centroids, which are compared with all points. */
  readonly active: number;
  /**
   * Error of a product of 32-bit floats, as a fraction of the product of both
   * norms.
   */
  readonly floatRounding: number;
  /** Points that are compared at once. */
  readonly height: number;
  /** Points that a thread takes at once, at most `height`. */
  readonly chunkRows: number;
  /** Holds {@link RoundArrays}. */
  readonly memory: SharedArrayBuffer;
}

/** Views of the memory of a round. */
export interface RoundArrays {
  /** `[k]`: by how much each centroid moved. */
  readonly shifts: Float64Array;
  /** `[k, d]`. */
  readonly centroids: Float32Array;
  /** `[active]`: indices of the active centroids. */
  readonly activeCentroids: Int32Array;
}

/**
 * Computes the size of the memory for rounds of `k` centroids.
 *
 * @param k Number of centroids.
 * @param d Features of each.
 * @returns Bytes of shared memory.
 */
export const roundBytes = (k: number, d: number): number => 12 * k + 4 * k * d;

/**
 * Returns views of a round.
 *
 * @param round See {@link AssignmentRound}.
 * @returns The arrays in its memory.
 */
export const roundArrays = (
  { k, d, active, memory }: Pick<
    AssignmentRound,
    "k" | "d" | "active" | "memory"
  >,
): RoundArrays => ({
  shifts: new Float64Array(memory, 0, k),
  centroids: new Float32Array(memory, 8 * k, k * d),
  activeCentroids: new Int32Array(memory, 8 * k + 4 * k * d, active),
});
