import { softwareGpuTest } from "@deepcluster/test/software-gpu";

softwareGpuTest(
  "ONNX Runtime on WebGPU gives what every executor must give",
  new URL("./webgpu_testing.ts", import.meta.url),
);
