/**
 * Tests of ONNX Runtime on WebGPU, run by `webgpu_test.ts` in a process of its
 * own on SwiftShader.
 *
 * @module
 */
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { Backend } from "../../backend.ts";
import { conformanceTests } from "../../conformance/conformance_testing.ts";
import { layerOnnx } from "../executor.ts";
import assert from "node:assert/strict";

/** Opened once for all tests. */
const layer = Layer.succeedContext(
  await Effect.runPromise(
    Effect.scoped(
      Layer.build(
        layerOnnx({ provider: "webgpu", threads: 1, software: true }),
      ),
    ),
  ),
);

conformanceTests("onnx on webgpu", layer, 1e-5);

effectTest(
  "onnx on webgpu: software is refused unless it is asked for, and named",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Effect.scoped(
          Layer.build(layerOnnx({ provider: "webgpu", threads: 1 })),
        ),
      );
      assert.match(
        error.message,
        /^Cannot compute on webgpu as its adapter must be a GPU: it is SwiftShader Device .*, software that is slower than --provider cpu; add --software to use it nevertheless, or choose --provider cpu$/,
      );
      const { info } = yield* Effect.provide(Backend, layer);
      assert.match(
        info.identity.version,
        /^onnxruntime-node \d+\.\d+\.\d+ on SwiftShader Device /,
      );
    }),
);
