import { type Matrix, matrix, row } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { normalPoints, pointsBy } from "../testing.ts";
import { compileExtend } from "./orthonormalise_in_panels.ts";

const [m, d] = [40, 60];

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, j) => sum + value * b[j]!, 0);

/** The basis of the first 25 rows, extended by the others. */
const basisOf = (given: Matrix) =>
  Effect.gen(function* () {
    const extend = yield* compileExtend(m, d, 0);
    const basis = matrix(m, d);
    const filled = yield* extend(basis, 0, given.data.subarray(0, 25 * d));
    assert.equal(filled, 25);
    assert.equal(yield* extend(basis, 25, given.data.subarray(25 * d)), m);
    return basis;
  }).pipe(Effect.scoped, Effect.provide(layerReference));

const assertOrthonormal = (basis: Matrix): void => {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j <= i; j++) {
      const value = dot(row(basis, i), row(basis, j));
      assert.ok(Math.abs(value - Number(i === j)) < 2e-6, `${i} ${j} ${value}`);
    }
  }
};

effectTest(
  "compileExtend() makes nearly parallel rows orthonormal, in their order",
  () =>
    Effect.gen(function* () {
      const noise = normalPoints("nearly parallel", m, d);
      const given = pointsBy(m, d, (i, j) => j + 1e-2 * row(noise, i)[j]!);
      const basis = yield* basisOf(given);
      assertOrthonormal(basis);
      for (let i = 0; i < m; i++) {
        const length = Math.sqrt(dot(row(given, i), row(given, i)));
        for (let later = i + 1; later < m; later++) {
          assert.ok(
            Math.abs(dot(row(given, i), row(basis, later))) < 1e-4 * length,
          );
        }
      }
    }),
);

effectTest(
  "compileExtend() fills a basis where rows depend on those before them",
  () =>
    Effect.gen(function* () {
      const few = normalPoints("dependent", 20, d);
      const given = pointsBy(m, d, (i, j) => row(few, i % 20)[j]! * (1 + i));
      assertOrthonormal(yield* basisOf(given));
    }),
);
