/**
 * Training of networks on WebGPU, run by `webgpu_test.ts` in a process of its
 * own on SwiftShader.
 *
 * @module
 */
import { layerOnnx } from "@deepcluster/gpu-backend";
import { pytorchTests } from "./pytorch_testing.ts";

pytorchTests(
  "onnx webgpu",
  layerOnnx({ provider: "webgpu", threads: 1, software: true }),
  1e-5,
);
