import { draws, type Matrix, row } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { normalPoints, pointsBy } from "../testing.ts";
import { orthonormalise } from "./orthonormalise.ts";
import assert from "node:assert/strict";

const product = (a: Matrix, i: number, b: Matrix, j: number): number =>
  row(a, i).reduce((sum, value, at) => sum + value * row(b, j)[at]!, 0);

effectTest(
  "orthonormalise() makes nearly parallel rows orthonormal",
  () =>
    Effect.sync(() => {
      const noise = normalPoints("nearly parallel", 11, 37);
      const basis = pointsBy(11, 37, (i, j) => j + 1e-3 * row(noise, i)[j]!);
      orthonormalise(basis, draws(0, "directions").normal);
      for (let i = 0; i < 11; i++) {
        for (let j = 0; j <= i; j++) {
          const expected = i === j ? 1 : 0;
          const found = product(basis, i, basis, j);
          assert.ok(Math.abs(found - expected) < 1e-6, `${i} ${j} ${found}`);
        }
      }
    }),
);

effectTest(
  "orthonormalise() keeps each row within the span of those before",
  () =>
    Effect.sync(() => {
      const given = normalPoints("span", 6, 20);
      const basis = structuredClone(given);
      orthonormalise(basis, draws(0, "directions").normal);
      for (let i = 0; i < 6; i++) {
        for (let later = i + 1; later < 6; later++) {
          assert.ok(Math.abs(product(given, i, basis, later)) < 1e-5);
        }
        assert.ok(product(given, i, basis, i) > 0);
      }
    }),
);

effectTest(
  "orthonormalise() replaces rows that depend on those before them",
  () =>
    Effect.sync(() => {
      // What remains of such rows is 0, or lies along other ones.
      const basis = pointsBy(5, 9, (i, j) => j === i % 2 ? 1 : i === 4 ? 1 : 0);
      orthonormalise(basis, draws(0, "directions").normal);
      for (let i = 0; i < 5; i++) {
        for (let j = 0; j <= i; j++) {
          const expected = i === j ? 1 : 0;
          assert.ok(Math.abs(product(basis, i, basis, j) - expected) < 1e-6);
        }
      }
    }),
);

effectTest(
  "orthonormalise() leaves a row of zeros as it is",
  () =>
    Effect.sync(() => {
      const basis = pointsBy(2, 3, (i, j) => i * (j + 1));
      orthonormalise(basis, draws(0, "directions").normal);
      assert.deepEqual([...row(basis, 0)], [0, 0, 0]);
      assert.ok(Math.abs(product(basis, 1, basis, 1) - 1) < 1e-6);
    }),
);
