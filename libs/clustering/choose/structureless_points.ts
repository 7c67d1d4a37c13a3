/**
 * Points without groups, to compare with: what whitened features would be if
 * they came from one normal distribution.
 *
 * @module
 */
import { draws, type Matrix, matrix, rowsOf } from "@deepcluster/core";
import type { Backend } from "@deepcluster/gpu-backend";
import { Effect } from "effect";
import { whitenRows } from "../whitening/apply_whitening.ts";
import {
  fitWhitening,
  type WhiteningError,
} from "../whitening/fit_whitening.ts";

/**
 * Draws normal points, whitens them and scales each to length 1, as features
 * are before k-means.
 *
 * @param n Number of points, more than d.
 * @param d Their dimensions.
 * @param seed Names the draws.
 * @returns `[n, d]`, or the errors of whitening.
 */
export const structurelessPoints: (
  n: number,
  d: number,
  seed: number,
) => Effect.Effect<Matrix, WhiteningError, Backend> = Effect.fn(
  "structurelessPoints",
)(function* (n: number, d: number, seed: number) {
  const { normal } = draws(seed, "structureless");
  const rows = rowsOf(matrix(n, d, new Float32Array(n * d).map(normal)));
  const whitening = yield* fitWhitening(rows, { components: d, seed });
  return yield* whitenRows(rows, whitening);
});
