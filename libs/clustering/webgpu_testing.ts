/**
 * Tests on ONNX Runtime's WebGPU, run by `engine_test.ts` in a process of its
 * own on SwiftShader.
 *
 * @module
 */
import { layerOnnx } from "@deepcluster/gpu-backend";
import { openedOnce } from "@deepcluster/test/software-gpu";
import { engineTests } from "./engine_testing.ts";

engineTests(
  "WebGPU",
  await openedOnce(
    layerOnnx({ provider: "webgpu", threads: 1, software: true }),
  ),
);
