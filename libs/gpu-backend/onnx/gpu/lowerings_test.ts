import { conformanceTests } from "../../conformance/conformance_testing.ts";
import { layerLoweredForGpu } from "./simple_executor_testing.ts";

conformanceTests(
  "lowered for a GPU, on the CPU",
  layerLoweredForGpu({ provider: "cpu", threads: 2 }),
  1e-5,
);
