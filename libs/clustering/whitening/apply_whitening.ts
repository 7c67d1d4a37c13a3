/**
 * Applies a whitening: features as k-means needs them, whitened and
 * L2-normalised.
 *
 * Paper: section 3.4.
 *
 * @module
 */
import {
  floatTensor,
  type Matrix,
  type NonFiniteFeatureError,
  OptionError,
  requireFinite,
  row,
  type RowReader,
  sharedMatrix,
} from "@deepcluster/core";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import { buildGraph, input, matmul, subtract } from "@deepcluster/graph";
import { Effect, type Scope } from "effect";
import { blockRows, forEachBlock } from "./blocks.ts";
import type { Whitening } from "./fit_whitening.ts";

/** What applying a whitening can fail with, besides the error of reading. */
export type ApplyWhiteningError =
  | NonFiniteFeatureError
  | OptionError
  | BackendError;

/** The part of a whitening that applying it needs. */
export type AppliedWhitening = Pick<Whitening, "mean" | "projection">;

/**
 * Whitens features and scales each row to length 1.
 *
 * O(n d c) time; `4 n c` bytes for the result, and one block. A row
 * that equals the mean becomes zeros.
 *
 * @param rows Finite features `[n, d]`: those the whitening was fitted to,
 * or others of the same network.
 * @param whitening From {@link fitWhitening}.
 * @returns `[n, c]`, or `NonFiniteFeatureError`, or `OptionError`
 * when d is not the whitening's, or `BackendError`, or the error of reading.
 *
 * @example Points on the unit circle
 * ```ts
 * import { fitWhitening, whitenRows } from "@deepcluster/clustering";
 * import { matrix, rowsOf } from "@deepcluster/core";
 * import { layerReference } from "@deepcluster/gpu-backend";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const rows = rowsOf(matrix(4, 2, Float32Array.of(0, 0, 9, 1, 1, 2, 5, 8)));
 * const points = await Effect.runPromise(
 *   fitWhitening(rows, { seed: 0 }).pipe(
 *     Effect.flatMap((whitening) => whitenRows(rows, whitening)),
 *     Effect.provide(layerReference),
 *   ),
 * );
 * const [x, y] = points.data;
 * assert.ok(Math.abs(Math.hypot(x!, y!) - 1) < 1e-6);
 * ```
 */
export const whitenRows: <E = never>(
  rows: RowReader<E>,
  whitening: AppliedWhitening,
) => Effect.Effect<Matrix, ApplyWhiteningError | E, Backend> = Effect.fn(
  "whitenRows",
)(function* <E = never>(
  rows: RowReader<E>,
  whitening: AppliedWhitening,
): Effect.fn.Return<Matrix, ApplyWhiteningError | E, Backend> {
  return normalizeRows(yield* applyWhitening(rows, whitening));
});

/**
 * Whitens features without scaling the rows: their covariance is the identity
 * when these are the features that the whitening was fitted to.
 *
 * @param rows As for {@link whitenRows}.
 * @param whitening From {@link fitWhitening}.
 * @returns `[n, c]`, or the errors of {@link whitenRows}.
 */
export const applyWhitening: <E = never>(
  rows: RowReader<E>,
  whitening: AppliedWhitening,
) => Effect.Effect<Matrix, ApplyWhiteningError | E, Backend> = Effect.fn(
  "applyWhitening",
)(
  function* <E = never>(
    rows: RowReader<E>,
    whitening: AppliedWhitening,
  ): Effect.fn.Return<
    Matrix,
    ApplyWhiteningError | E,
    Backend | Scope.Scope
  > {
    yield* requireSameFeatures(rows, whitening);
    const projected = sharedMatrix(rows.rows, whitening.projection.columns);
    if (rows.rows === 0) return projected;
    const program = yield* compile(rows, whitening);
    const shape = [blockRows(rows), rows.columns];
    yield* forEachBlock(
      rows,
      { filler: whitening.mean },
      Effect.fnUntraced(function* (filled, block) {
        yield* requireFinite("whiten", filled, (row) => block.start + row);
        const { parts } = yield* program.run({
          points: floatTensor(shape, filled.data),
        });
        const size = block.count * projected.columns;
        projected.data.set(
          (parts!.data as Float32Array).subarray(0, size),
          block.start * projected.columns,
        );
      }),
    );
    return projected;
  },
  Effect.scoped,
);

/**
 * Scales rows to length 1, in place; a row of zeros stays as it is.
 *
 * @param points `[n, c]`, written to.
 * @returns The same matrix.
 */
const normalizeRows = (points: Matrix): Matrix => {
  for (let i = 0; i < points.rows; i++) {
    const point = row(points, i);
    let squares = 0;
    for (const value of point) squares += value * value;
    const length = Math.sqrt(squares) || 1;
    for (let j = 0; j < point.length; j++) point[j]! /= length;
  }
  return points;
};

const requireSameFeatures = (
  { columns }: RowReader<unknown>,
  { mean }: AppliedWhitening,
): Effect.Effect<void, OptionError> =>
  columns === mean.length ? Effect.void : Effect.fail(
    new OptionError({
      action: "whiten",
      option: "features",
      rule: `${mean.length}, as in the whitening`,
      value: String(columns),
    }),
  );

const compile = Effect.fnUntraced(function* (
  rows: RowReader<unknown>,
  { mean, projection }: AppliedWhitening,
) {
  const backend = yield* Backend;
  const [d, c] = [projection.rows, projection.columns];
  const graph = yield* Effect.orDie(buildGraph(() => {
    const points = input("points", [blockRows(rows), d]);
    const state = {
      mean: input("mean", [d]),
      projection: input("projection", [d, c]),
    };
    const centred = subtract(points, state.mean);
    const parts = matmul(centred, state.projection);
    return { outputs: { parts }, state };
  }));
  return yield* backend.compile(graph, {
    mean: floatTensor([d], mean),
    projection: floatTensor([d, c], projection.data),
  });
});
