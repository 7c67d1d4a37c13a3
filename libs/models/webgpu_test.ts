import { softwareGpuTest } from "@deepcluster/test/software-gpu";

softwareGpuTest(
  "networks train on WebGPU as PyTorch trains them",
  new URL("./webgpu_testing.ts", import.meta.url),
);
