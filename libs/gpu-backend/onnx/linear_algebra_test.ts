import { buildGraph, coarseMatmul, input } from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { lower } from "./lower.ts";
import assert from "node:assert/strict";

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
