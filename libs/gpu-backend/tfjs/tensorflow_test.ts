import { conformanceTests } from "../conformance/conformance_testing.ts";
import { tfjsTests } from "./tfjs_testing.ts";

tfjsTests("cpu", (layer) => {
  conformanceTests("tfjs cpu", layer, 1e-5);
});
