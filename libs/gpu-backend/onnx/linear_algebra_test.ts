import { buildGraph, coarseMatmul, input } from "@deepcluster/graph";
import { type ByteProducts, lower } from "@deepcluster/onnx-lowering";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";

effectTest(
  "coarseMatmul is a product of floats where bytes are not exact",
  () =>
    Effect.gen(function* () {
      const a = input("a", [2, 3]);
      const b = input("b", [3, 4]);
      const operators = Effect.fnUntraced(
        function* (bits: 7 | 8, byteProducts: ByteProducts) {
          const graph = yield* buildGraph(() => ({
            outputs: { y: coarseMatmul(a, b, { bits }) },
          }));
          return lower(graph, {}, { byteProducts }).model.nodes
            .map(({ operator }) => operator);
        },
      );
      const floats = ["Round", "Clip", "Round", "Clip", "Gemm"];
      const integers = "com.microsoft.MatMulIntegerToFloat";
      assert.deepEqual(yield* operators(8, 0), floats);
      assert.deepEqual(yield* operators(8, 7), floats);
      assert.deepEqual(yield* operators(7, 0), floats);
      assert.equal((yield* operators(8, 8)).at(-1), integers);
      assert.equal((yield* operators(7, 8)).at(-1), integers);
      assert.equal((yield* operators(7, 7)).at(-1), integers);
    }),
);
