import {
  layerBackend,
  layerOnnx,
  pathOfInstalled,
} from "@deepcluster/gpu-backend";
import { softwareGpuTest } from "@deepcluster/test/software-gpu";
import { Effect } from "effect";
import process from "node:process";
import { engineTests } from "./engine_testing.ts";
import { asOnGpu } from "./testing.ts";

engineTests(
  "ONNX Runtime on the processor, used as a GPU",
  asOnGpu(layerOnnx({ provider: "cpu", threads: 2 })),
);

const wasm = "@tensorflow/tfjs-backend-wasm";
if (
  Effect.runSync(Effect.isSuccess(pathOfInstalled(wasm))) ||
  process.env["CI_ENGINES"] === "1"
) {
  engineTests("TensorFlow.js on wasm", layerBackend({ engine: "tfjs" }));
} else {
  Deno.test.ignore(
    "whitening and k-means on TensorFlow.js give what they give everywhere " +
      `(needs ${wasm}: deno task engine:install tfjs-wasm)`,
    () => {},
  );
}

softwareGpuTest(
  "whitening and k-means on WebGPU give what they give everywhere",
  new URL("./webgpu_testing.ts", import.meta.url),
);
