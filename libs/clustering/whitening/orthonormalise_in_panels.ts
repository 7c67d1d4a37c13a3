/**
 * Orthonormal bases of many long vectors: block Gram-Schmidt, whose products
 * are computed on the Backend.
 *
 * Reference: J. L. Barlow, A. Smoktunowicz, "Reorthogonalized block classical
 * Gram-Schmidt", 2013: each panel is projected and made orthonormal twice.
 *
 * @module
 */
import {
  draws,
  floatTensor,
  type Matrix,
  matrix,
  row,
} from "@deepcluster/core";
import { Backend, type BackendError } from "@deepcluster/gpu-backend";
import { buildGraph, input, matmul, subtract } from "@deepcluster/graph";
import { Effect, type Scope } from "effect";
import { orthonormalise, rounding } from "./orthonormalise.ts";

/** Rows of a panel: more take longer within it, fewer in products. */
const panelRows = 16;

/**
 * Writes an orthonormal basis of what `rows` add to the first `filled` rows of
 * `basis` behind those, and returns the number of rows that are then filled.
 */
export type Extend = (
  basis: Matrix,
  filled: number,
  rows: Float32Array,
) => Effect.Effect<number, BackendError>;

/**
 * Compiles what extends orthonormal bases `[m, d]`, their other rows zeros.
 *
 * O(m d) time for each row, in products of 32-bit floats except within panels
 * of 16 rows. Rows end orthogonal to about 1e-6. One that depends on those
 * before it is replaced by a random direction; rows of zeros stay.
 *
 * @param m Number of rows of the full basis, at most d.
 * @param d Length of a row.
 * @param seed Names the draws of random directions.
 * @returns The function, or `BackendError`.
 */
export const compileExtend = Effect.fnUntraced(function* (
  m: number,
  d: number,
  seed: number,
): Effect.fn.Return<Extend, BackendError, Backend | Scope.Scope> {
  const { normal } = draws(seed, "directions for dependent rows");
  const height = Math.min(m, panelRows);
  const project = yield* compileProjection(height, m, d);
  return Effect.fnUntraced(function* (basis, filled, rows) {
    const panel = matrix(height, d);
    for (let from = 0; from < rows.length; from += height * d) {
      const added = rows.subarray(from, from + height * d);
      panel.data.fill(0).set(added);
      for (let pass = 0; pass < 2; pass++) {
        const rest = yield* project(panel, basis);
        replaceRows(panel, rest, normal);
        orthonormalise(panel, normal);
      }
      const at = filled * d + from;
      basis.data.set(panel.data.subarray(0, added.length), at);
    }
    return filled + rows.length / d;
  });
});

/** Replaces rows by what is left of them, or by random ones if that is nothing. */
const replaceRows = (
  panel: Matrix,
  rest: Matrix,
  normal: () => number,
): void => {
  for (let i = 0; i < panel.rows; i++) {
    const [before, after] = [row(panel, i), row(rest, i)];
    if (lengthOf(after) >= rounding * lengthOf(before)) before.set(after);
    else for (let j = 0; j < before.length; j++) before[j] = normal();
  }
};

const lengthOf = (vector: Float32Array): number => {
  let squares = 0;
  for (let j = 0; j < vector.length; j++) squares += vector[j]! * vector[j]!;
  return Math.sqrt(squares);
};

/** Compiles what subtracts from a panel its projection on a basis. */
const compileProjection = Effect.fnUntraced(function* (
  height: number,
  m: number,
  d: number,
) {
  const backend = yield* Backend;
  const graph = yield* Effect.orDie(buildGraph(() => {
    const panel = input("panel", [height, d]);
    const basis = input("basis", [m, d]);
    const weights = matmul(panel, basis, { transposeB: true });
    return { outputs: { rest: subtract(panel, matmul(weights, basis)) } };
  }));
  const program = yield* backend.compile(graph, {});
  return (panel: Matrix, basis: Matrix) =>
    Effect.map(
      program.run({
        panel: floatTensor([height, d], panel.data),
        basis: floatTensor([m, d], basis.data),
      }),
      ({ rest }) => matrix(height, d, rest!.data as Float32Array),
    );
});
