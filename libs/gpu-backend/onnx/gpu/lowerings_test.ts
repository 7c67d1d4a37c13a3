import { conformanceTests } from "../../conformance/conformance_testing.ts";
import { hostExecution } from "../host_execution.ts";
import { layerLoweredForGpu } from "./lowered_for_gpu_testing.ts";

conformanceTests(
  "lowered for a GPU, on the CPU",
  layerLoweredForGpu(hostExecution),
  1e-5,
);
