import { buildGraph, coarseMatmul, input, matmul } from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { equalsReferenceTest } from "../testing.ts";
import { lower } from "./lower.ts";
import assert from "node:assert/strict";

equalsReferenceTest(
  "matmul with either factor transposed equals the reference's",
  8,
  ({ between, floats }) => {
    const [m, k, n] = [between(1, 9), between(1, 40), between(1, 9)];
    const [a, turnedA] = [floats("a", [m, k]), floats("turnedA", [k, m])];
    const [b, turnedB] = [floats("b", [k, n]), floats("turnedB", [n, k])];
    return {
      plain: matmul(a, b),
      left: matmul(turnedA, b, { transposeA: true }),
      right: matmul(a, turnedB, { transposeB: true }),
      both: matmul(turnedA, turnedB, {
        transposeA: true,
        transposeB: true,
      }),
    };
  },
);

equalsReferenceTest(
  "coarseMatmul equals the reference's, also where bytes are cut off",
  8,
  ({ between, floats }) => {
    const [m, k, n] = [between(1, 40), between(1, 300), between(1, 70)];
    const a = floats("a", [m, k], (x) => 90 * x);
    const b = floats("b", [k, n], (x) => 90 * x);
    return { product: coarseMatmul(a, b) };
  },
);

equalsReferenceTest(
  "coarseMatmul of the largest bytes overflows nowhere",
  2,
  ({ floats }) => {
    const a = floats("a", [9, 520], () => 127);
    const b = floats("b", [520, 33], () => 127);
    return { product: coarseMatmul(a, b) };
  },
);

effectTest(
  "coarseMatmul is a product of floats where bytes are not exact",
  () =>
    Effect.gen(function* () {
      const a = input("a", [2, 3]);
      const b = input("b", [3, 4]);
      const graph = yield* buildGraph(() => ({
        outputs: { y: coarseMatmul(a, b) },
      }));
      const operators = (exactBytes: boolean) =>
        lower(graph, {}, { exactBytes }).model.nodes
          .map(({ operator }) => operator);
      assert.deepEqual(operators(false), [
        "Round",
        "Clip",
        "Round",
        "Clip",
        "Gemm",
      ]);
      assert.ok(operators(true).at(-1)!.endsWith("MatMulIntegerToFloat"));
    }),
);
