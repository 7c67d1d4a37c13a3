import { effectTest } from "@deepcluster/test";
import { softwareGpuTest } from "@deepcluster/test/software-gpu";
import { Effect, Layer } from "effect";
import { pathOfInstalled } from "../installed.ts";
import { layerTfjs } from "./executor.ts";
import { tfjsProviders } from "./providers.ts";
import { skipTests } from "./tfjs_testing.ts";
import assert from "node:assert/strict";

const { library, installs } = tfjsProviders.webgpu;
const name = "TensorFlow.js on WebGPU gives what every executor must give";
if (Effect.runSync(Effect.isSuccess(pathOfInstalled(library)))) {
  softwareGpuTest(name, new URL("./webgpu_testing.ts", import.meta.url));
  effectTest(
    "a runtime without WebGPU is refused, with the way out",
    () =>
      Effect.gen(function* () {
        const { navigator } = globalThis;
        const before = navigator.gpu;
        const become = (value: unknown) =>
          Object.defineProperty(navigator, "gpu", {
            value,
            configurable: true,
          });
        become(undefined);
        yield* Effect.addFinalizer(() => Effect.sync(() => become(before)));
        const error = yield* Effect.flip(
          Layer.build(layerTfjs({ provider: "webgpu", threads: 1 })),
        );
        assert.match(
          error.message,
          /^Cannot compute on webgpu as the runtime must have WebGPU, as Deno has: Deno \S+ has none; run it with Deno, or choose --engine onnx --provider webgpu$/,
        );
      }),
  );
} else {
  skipTests(name, installs, false);
}
