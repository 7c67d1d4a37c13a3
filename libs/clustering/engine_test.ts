import { layerOnnx } from "@deepcluster/gpu-backend";
import { softwareGpuTest } from "@deepcluster/test/software-gpu";
import { engineTests } from "./engine_testing.ts";
import { asOnGpu } from "./testing.ts";

engineTests(
  "ONNX Runtime on the processor, used as a GPU",
  asOnGpu(layerOnnx({ provider: "cpu", threads: 2 })),
);

softwareGpuTest(
  "whitening and k-means on WebGPU give what they give everywhere",
  new URL("./webgpu_testing.ts", import.meta.url),
);
