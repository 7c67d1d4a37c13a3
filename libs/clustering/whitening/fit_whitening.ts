/**
 * PCA-whitening: the directions in which features vary most, each scaled to
 * variance 1.
 *
 * Paper: section 3.4. Reference: faiss `PCAMatrix(d, c, eigen_power=-0.5)`,
 * with which it agrees up to signs and one common factor: faiss divides by the
 * root of the scatter, we by that of the covariance. Directions of no variance
 * are left out, where faiss divides by nearly zero.
 *
 * @module
 */
import {
  type Matrix,
  matrix,
  type NonFiniteFeatureError,
  type OptionError,
  requireCount,
  row,
  type RowReader,
} from "@deepcluster/core";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import { Effect, type Scope } from "effect";
import { ConstantFeaturesError } from "../errors.ts";
import { basisRows, blockLanczos, type Convergence } from "./block_lanczos.ts";
import { type Centre, centreOf } from "./centre.ts";
import { covarianceOf } from "./covariance.ts";
import { type Eigenpairs, eigenpairsOf } from "./eigenpairs.ts";
import { implicitCovariance, savesCovariance } from "./implicit_covariance.ts";
import { compileProduct, operatorOf } from "./products.ts";
import { tiledCovarianceOf } from "./tiled_covariance.ts";

/** What {@link fitWhitening} needs besides the features. */
export interface WhiteningOptions {
  /** Maximum number of components, at least 1. Default: 256, as in the paper. */
  readonly components?: number;
  /** Names the draws of the eigensolver's first block. */
  readonly seed: number;
}

/** A linear map to uncorrelated components of variance 1; plain data. */
export interface Whitening {
  /** `[d]` means, subtracted first. */
  readonly mean: Float32Array;
  /** `[d, c]`: each column an eigenvector divided by its deviation. */
  readonly projection: Matrix;
  /** `[c]` variances of the components before whitening, descending. */
  readonly eigenvalues: Float64Array;
  /** Fraction of the features' total variance that the components explain. */
  readonly explainedFraction: number;
  /**
   * Accuracy of the eigenvectors: the largest
   * `|C v - θ v| / (θ + θ₁ / 1000)`, above 1e-3 only for nearly flat spectra,
   * where hardly any direction is better than another. 0 up to d = 768, which
   * is solved directly.
   */
  readonly residual: number;
}

/** What {@link fitWhitening} can fail with, besides the error of reading. */
export type WhiteningError =
  | ConstantFeaturesError
  | NonFiniteFeatureError
  | OptionError
  | BackendError;

/** Up to this d all eigenvectors are computed, in double: at most 3 s. */
export const directLimit = 768;
/**
 * Directions with a smaller fraction of the first eigenvalue are left out: products in
 * 32-bit floats cannot tell their variance from none.
 */
const epsilon = 1e-6;

/**
 * Fits a whitening to features.
 *
 * Passes over the rows: means, covariance, and a correction that makes the
 * covariance of the result the identity to 1e-3. Time O(n d²), memory
 * `8 b d + 12 d²` bytes for blocks of b rows, besides the result. Up to 2 GiB
 * of features that are at least 9 times as many as the components, and more
 * than 768, take a dozen passes instead of the covariance: time
 * `O(n d components)`, memory `8 b d + 18 d components` bytes.
 * Repeatable for one seed, one Backend and its thread count.
 *
 * The result has fewer than `components` components when the features vary in
 * fewer directions (constant features, few or equal points): directions with a
 * variance below 1e-6 of the largest are dropped.
 *
 * @param rows Finite features `[n, d]`, read in blocks.
 * @param options See {@link WhiteningOptions}.
 * @returns The whitening, or `ConstantFeaturesError` when all points are
 * equal (one point is), or `NonFiniteFeatureError` when a feature is NaN
 * or infinite, or `OptionError` when an option breaks its rule, or
 * `BackendError`, or the error of reading.
 *
 * @example Three features that vary in one direction
 * ```ts
 * import { fitWhitening } from "@deepcluster/clustering";
 * import { matrix, rowsOf } from "@deepcluster/core";
 * import { layerReference } from "@deepcluster/gpu-backend";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const features = Float32Array.of(1, 5, 2, 2, 5, 4, 3, 5, 6);
 * const { projection, explainedFraction } = await Effect.runPromise(
 *   fitWhitening(rowsOf(matrix(3, 3, features)), { seed: 0 }).pipe(
 *     Effect.provide(layerReference),
 *   ),
 * );
 * assert.equal(projection.columns, 1);
 * assert.ok(explainedFraction > 0.999);
 * ```
 */
export const fitWhitening: <E = never>(
  rows: RowReader<E>,
  options: WhiteningOptions,
) => Effect.Effect<Whitening, WhiteningError | E, Backend> = Effect.fn(
  "fitWhitening",
)(function* <E = never>(
  rows: RowReader<E>,
  options: WhiteningOptions,
): Effect.fn.Return<Whitening, WhiteningError | E, Backend> {
  yield* validate(rows, options);
  const centre = yield* centreOf(rows);
  yield* requireVariance(rows, centre);
  const pairs = yield* leadingEigenpairs(rows, centre, options);
  const rough = divideByDeviations(pairs);
  const remaining = yield* covarianceOf(rows, centre, rough);
  const variances = pairs.values.map((value, i) =>
    value * remaining[i * rough.columns + i]!
  );
  const kept = [...variances.keys()]
    .filter((i) => variances[i]! > epsilon * variances[0]!);
  const eigenvalues = Float64Array.from(kept, (i) => variances[i]!);
  return {
    mean: centre.mean,
    projection: yield* correct(rough, remaining, kept, centre.scale),
    eigenvalues: eigenvalues.map((value) => value / centre.scale ** 2),
    // Both are sums of rounded values, so that all of it may be 1.0000002.
    explainedFraction: Math.min(
      1,
      eigenvalues.reduce((sum, value) => sum + value) / pairs.variance,
    ),
    residual: pairs.residual,
  };
});

const validate = Effect.fnUntraced(function* (
  rows: RowReader<unknown>,
  { components = 256 }: WhiteningOptions,
): Effect.fn.Return<void, OptionError> {
  yield* requireCount("whiten", "components", components, 1);
  yield* requireCount("whiten", "points", rows.rows, 1);
  yield* requireCount("whiten", "features", rows.columns, 1);
});

const requireVariance = (
  { rows, columns }: RowReader<unknown>,
  { scale }: Centre,
): Effect.Effect<void, ConstantFeaturesError> =>
  scale > 0 ? Effect.void : Effect.fail(
    new ConstantFeaturesError({ points: rows, features: columns }),
  );

/** Eigenpairs of a covariance. */
interface CovariancePairs extends Eigenpairs, Pick<Convergence, "residual"> {
  /** Sum of all eigenvalues. */
  readonly variance: number;
}

/** Returns those above the noise of the covariance, at most `components`. */
const leadingEigenpairs = Effect.fnUntraced(function* <E>(
  rows: RowReader<E>,
  centre: Centre,
  { components = 256, seed }: WhiteningOptions,
): Effect.fn.Return<CovariancePairs, E | BackendError, Backend> {
  const d = rows.columns;
  const count = Math.min(d, components);
  const { values, vectors, ...others } = d <= directLimit
    ? yield* allPairs(rows, centre)
    : yield* largestPairs(rows, centre, count, seed);
  const kept = values.slice(0, count)
    .filter((value) => value > epsilon * values[0]!);
  return {
    ...others,
    values: kept,
    vectors: matrix(
      kept.length,
      d,
      vectors.data.subarray(0, kept.length * d),
    ),
  };
});

const allPairs = Effect.fnUntraced(function* <E>(
  rows: RowReader<E>,
  centre: Centre,
): Effect.fn.Return<CovariancePairs, E | BackendError, Backend> {
  const covariance = yield* covarianceOf(rows, centre);
  return {
    ...eigenpairsOf(covariance),
    residual: 0,
    variance: traceOf(covariance),
  };
});

const largestPairs = Effect.fnUntraced(function* <E>(
  rows: RowReader<E>,
  centre: Centre,
  count: number,
  seed: number,
): Effect.fn.Return<CovariancePairs, E | BackendError, Backend> {
  const d = rows.columns;
  const { deviceMemory } = (yield* Backend).info.capabilities;
  if (!deviceMemory && savesCovariance(rows, centre, basisRows(d, count))) {
    return {
      ...yield* blockLanczos(implicitCovariance(rows, centre), count, seed),
      variance: centre.variance,
    };
  }
  const covariance = deviceMemory
    ? matrix(d, d, new Float32Array(yield* covarianceOf(rows, centre)))
    : yield* tiledCovarianceOf(rows, centre);
  return {
    ...yield* blockLanczos(operatorOf(covariance), count, seed),
    variance: traceOf(covariance.data),
  };
});

/** Eigenvectors as columns `[d, c]`, divided by the root of their variance. */
const divideByDeviations = ({ values, vectors }: Eigenpairs): Matrix => {
  const [c, d] = [values.length, vectors.columns];
  const projection = matrix(d, c);
  values.forEach((value, i) => {
    const vector = row(vectors, i);
    for (let j = 0; j < d; j++) {
      projection.data[j * c + i] = vector[j]! / Math.sqrt(value);
    }
  });
  return projection;
};

/**
 * Removes the remaining covariance of nearly white components by its inverse
 * square root, which rotates them least, and undoes the scaling.
 */
const correct = Effect.fnUntraced(
  function* (
    rough: Matrix,
    remaining: Float64Array,
    kept: readonly number[],
    scale: number,
  ): Effect.fn.Return<Matrix, BackendError, Backend | Scope.Scope> {
    const { rows: d, columns } = rough;
    const c = kept.length;
    const { values, vectors } = eigenpairsOf(
      Float64Array.from(
        { length: c * c },
        (_, at) =>
          remaining[kept[Math.floor(at / c)]! * columns + kept[at % c]!]!,
      ),
    );
    const correction = matrix(columns, c);
    for (let at = 0; at < c * c; at++) {
      const [i, j] = [Math.floor(at / c), at % c];
      let sum = 0;
      for (let e = 0; e < c; e++) {
        sum += vectors.data[e * c + i]! * vectors.data[e * c + j]! /
          Math.sqrt(values[e]!);
      }
      correction.data[kept[i]! * c + j] = sum * scale;
    }
    const product = yield* compileProduct({ a: [d, columns], b: [columns, c] });
    return yield* product(rough, correction);
  },
  Effect.scoped,
);

const traceOf = (square: Float32Array | Float64Array): number => {
  const d = Math.sqrt(square.length);
  let trace = 0;
  for (let i = 0; i < d; i++) trace += square[i * d + i]!;
  return trace;
};
