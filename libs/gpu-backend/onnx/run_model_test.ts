import { floatTensor } from "@deepcluster/core";
import { add, argMax, graphOf, input } from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { onnxModelOf } from "./export.ts";
import { runOnnxModel } from "./run_model.ts";
import assert from "node:assert/strict";

const doubling = Effect.gen(function* () {
  const x = yield* input("x", [2]);
  return yield* onnxModelOf(yield* graphOf({ y: yield* add(x, x) }), {});
});

effectTest(
  "runOnnxModel() gives every output with its shape",
  () =>
    Effect.gen(function* () {
      const x = floatTensor([2], Float32Array.of(1, -3));
      const { y } = yield* runOnnxModel(yield* doubling, { x });
      assert.deepEqual(y, floatTensor([2], Float32Array.of(2, -6)));
    }),
);

effectTest(
  "runOnnxModel() fails with ExecutionError on what it cannot run",
  () =>
    Effect.gen(function* () {
      const model = yield* doubling;
      const x = floatTensor([3]);
      const y = yield* input("y", [2, 2]);
      const labels = yield* graphOf({ label: yield* argMax(y) });
      for (
        const run of [
          runOnnxModel(Uint8Array.of(1, 2, 3), {}),
          runOnnxModel("/no/such/model.onnx", {}),
          runOnnxModel(model, { x }),
          runOnnxModel(model, {}),
          runOnnxModel(yield* onnxModelOf(labels, {}), {
            y: floatTensor([2, 2]),
          }),
        ]
      ) {
        const error = yield* Effect.flip(run);
        assert.equal(error._tag, "ExecutionError");
      }
    }),
);
