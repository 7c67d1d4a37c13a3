/**
 * Principal components of features, all of them and unscaled.
 *
 * @module
 */
import {
  type Matrix,
  type NonFiniteFeatureError,
  requireCount,
  type RowReader,
} from "@deepcluster/core";
import type { OptionError } from "@deepcluster/core";
import type { Backend, BackendError } from "@deepcluster/gpu-backend";
import { Effect } from "effect";
import { centreOf } from "./centre.ts";
import { covarianceOf } from "./covariance.ts";
import { eigenpairsOf } from "./eigenpairs.ts";

/** The directions in which features vary, the largest variance first. */
export interface Pca {
  /** `[d]` means. */
  readonly mean: Float32Array;
  /** `[d, d]`: each row an eigenvector of length 1. */
  readonly vectors: Matrix;
  /** `[d]` variances along them, descending. */
  readonly eigenvalues: Float64Array;
}

/** What {@link fitPca} can fail with, besides the error of reading. */
export type PcaError = NonFiniteFeatureError | OptionError | BackendError;

/**
 * Fits principal components.
 *
 * Two passes over the rows. O(n d² + d³) time: the second part is 0.5 s for
 * d = 512. Repeatable for one Backend and its thread count.
 *
 * @param rows Finite features `[n, d]`, n at least 2, read in blocks.
 * @returns The components, the largest entry of each positive; or
 * `NonFiniteFeatureError`, `OptionError` when there are fewer rows,
 * `BackendError`, or the error of reading.
 */
export const fitPca: <E = never>(
  rows: RowReader<E>,
) => Effect.Effect<Pca, PcaError | E, Backend> = Effect.fn("fitPca")(
  function* <E = never>(
    rows: RowReader<E>,
  ): Effect.fn.Return<Pca, PcaError | E, Backend> {
    yield* requireCount("fit PCA", "points", rows.rows, 2);
    const centre = yield* centreOf(rows);
    const { values, vectors } = eigenpairsOf(yield* covarianceOf(rows, centre));
    const unscaled = centre.scale === 0 ? 1 : centre.scale ** 2;
    return {
      mean: centre.mean,
      vectors,
      eigenvalues: values.map((value) => value / unscaled),
    };
  },
);
