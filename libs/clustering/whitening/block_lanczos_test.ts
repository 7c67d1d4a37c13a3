import { draws, matrix, row } from "@deepcluster/core";
import { layerOnnx, layerReference } from "@deepcluster/gpu-backend";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { normalPoints, pointsBy } from "../testing.ts";
import { eigenpairsOf } from "./eigenpairs.ts";
import { orthonormalise } from "./orthonormalise.ts";
import { blockLanczos } from "./block_lanczos.ts";
import { operatorOf } from "./products.ts";
import assert from "node:assert/strict";

const onnx = Layer.orDie(layerOnnx({ provider: "cpu", threads: 2 }));

/** More than a basis for 8 eigenvectors, so that some need restarts. */
const d = 200;
const count = 8;

/** A symmetric matrix with the given eigenvalues, in a random basis. */
const withSpectrum = (eigenvalue: (i: number) => number): Float64Array => {
  const basis = normalPoints("basis", d, d);
  orthonormalise(basis, draws(0, "directions").normal);
  const symmetric = new Float64Array(d * d);
  for (let e = 0; e < d; e++) {
    const vector = row(basis, e);
    for (let at = 0; at < d * d; at++) {
      symmetric[at]! += eigenvalue(e) * vector[Math.floor(at / d)]! *
        vector[at % d]!;
    }
  }
  return symmetric;
};

const solve = (symmetric: Float64Array, wanted = count) =>
  blockLanczos(
    operatorOf(matrix(d, d, new Float32Array(symmetric))),
    wanted,
    0,
  ).pipe(Effect.provide(layerReference));

/** Spectra, and how many projections each may take. */
const spectra: Record<string, readonly [(i: number) => number, number]> = {
  "falls slowly": [(i) => 1 / Math.sqrt(i + 1), 1],
  "falls fast": [(i) => 3 ** -i, 1],
  "is nearly flat": [(i) => 1.3 - i / 200, 3],
  "has a spike": [(i) => i === 0 ? 1e4 : 1 - i / 200, 2],
  "has equal eigenvalues": [(i) => i < 6 ? 2 : i < 20 ? 1 : 0.5, 1],
};

for (const [name, [spectrum, limit]] of Object.entries(spectra)) {
  effectTest(
    `blockLanczos() converges where the spectrum ${name}`,
    () =>
      Effect.gen(function* () {
        const symmetric = withSpectrum(spectrum);
        const found = yield* solve(symmetric);
        const exact = eigenpairsOf(symmetric).values.slice(0, count);
        assert.ok(found.residual <= 1e-3 && found.iterations <= limit);
        for (let i = 0; i < count; i++) {
          const allowed = 1e-5 * exact[i]! + 1e-6 * exact[0]!;
          assert.ok(Math.abs(found.values[i]! - exact[i]!) <= allowed, `${i}`);
        }
      }),
  );
}

effectTest(
  "blockLanczos() finds eigenvectors up to rounding of signs",
  () =>
    Effect.gen(function* () {
      const symmetric = withSpectrum((i) => 0.7 ** i);
      const found = yield* solve(symmetric);
      const exact = eigenpairsOf(symmetric);
      for (let i = 0; i < count; i++) {
        assertClose(row(found.vectors, i), row(exact.vectors, i), 5e-3, `${i}`);
      }
    }),
);

effectTest(
  "blockLanczos() finds more equal eigenvalues than a block has rows",
  () =>
    Effect.gen(function* () {
      // Krylov spaces of one block of 16 hold 16 of the 40, but for rounding.
      const [d, count] = [400, 45];
      const diagonal = pointsBy(d, d, (i, j) =>
        i !== j ? 0 : i < 40 ? 1 : 0.9 * (1 - i / d));
      const { values } = yield* blockLanczos(operatorOf(diagonal), count, 0);
      const exact = [...values.keys()].map((i) =>
        diagonal.data[i * d + i]!
      );
      assertClose(values, exact, 1e-5);
    }).pipe(Effect.scoped, Effect.provide(onnx)),
);

effectTest(
  "blockLanczos() finds all of them when asked to",
  () =>
    Effect.gen(function* () {
      const symmetric = withSpectrum((i) => 1 / (i + 1));
      const { values } = yield* solve(symmetric, d);
      assertClose(values, eigenpairsOf(symmetric).values, 1e-6);
    }),
);

effectTest(
  "blockLanczos() bears a rank below the number wanted",
  () =>
    Effect.gen(function* () {
      const { values } = yield* solve(withSpectrum((i) => i < 3 ? 1 + i : 0));
      assertClose(values, [3, 2, 1, 0, 0, 0, 0, 0], 1e-6);
    }),
);

effectTest(
  "eigenpairsOf() solves a case worked by hand",
  () =>
    Effect.sync(() => {
      const { values, vectors } = eigenpairsOf(
        Float64Array.of(2, 1, 0, 1, 2, 0, 0, 0, 5),
      );
      const half = Math.SQRT1_2;
      assertClose(values, [5, 3, 1], 1e-12);
      assertClose(row(vectors, 0), [0, 0, 1], 1e-7);
      assertClose(row(vectors, 1), [half, half, 0], 1e-7);
      assertClose(row(vectors, 2).map(Math.abs), [half, half, 0], 1e-7);
    }),
);
