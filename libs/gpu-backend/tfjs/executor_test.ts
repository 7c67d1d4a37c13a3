import { conformanceTests } from "../conformance/conformance_testing.ts";
import { tfjsTests } from "./tfjs_testing.ts";

tfjsTests("wasm", (layer) => {
  conformanceTests("tfjs wasm", layer, 1e-5);
});
