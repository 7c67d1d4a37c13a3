/**
 * Tests on ONNX Runtime's WebGPU, run by `engine_test.ts` in a process of its
 * own on SwiftShader.
 *
 * @module
 */
import { layerOnnx } from "@deepcluster/gpu-backend";
import { Effect, Layer } from "effect";
import { engineTests } from "./engine_testing.ts";

engineTests(
  "WebGPU",
  // Opened once for all tests.
  Layer.succeedContext(
    await Effect.runPromise(
      Effect.scoped(
        Layer.build(
          layerOnnx({ provider: "webgpu", threads: 1, software: true }),
        ),
      ),
    ),
  ),
);
