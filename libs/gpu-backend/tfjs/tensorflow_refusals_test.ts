import { effectTest, testFolder } from "@deepcluster/test";
import { Context, Effect, Layer } from "effect";
import { Backend } from "../backend.ts";
import { layerTfjs } from "./executor.ts";
import assert from "node:assert/strict";
import process from "node:process";

/** Opens a provider, given the package's main file. */
const opened = (provider: "cpu" | "cuda", name: string, code: string) =>
  Effect.gen(function* () {
    const folder = yield* testFolder({
      [`node_modules/@tensorflow/${name}/index.js`]: code,
    });
    const before = process.cwd();
    process.chdir(folder);
    yield* Effect.addFinalizer(() => Effect.sync(() => process.chdir(before)));
    const layer = layerTfjs({ provider, threads: 1 });
    const context = yield* Layer.build(layer);
    return Context.get(context, Backend).info.identity;
  }).pipe(Effect.scoped);

/** What that fails with. */
const refusal = (...given: Parameters<typeof opened>) =>
  Effect.map(Effect.flip(opened(...given)), ({ message }) => message);

/** `@tensorflow/tfjs-node-gpu` with TensorFlow 2.9.1. */
const gpuPackage = (isUsingGpuDevice: boolean) =>
  `module.exports = {
    version_core: "4.22.0",
    setBackend: () => Promise.resolve(true),
    getKernel: () => undefined,
    backend: () => ({
      isUsingGpuDevice: ${isUsingGpuDevice},
      binding: { TF_Version: "2.9.1" },
    }),
  };`;

effectTest(
  "without its addon, the command that builds it is named",
  () =>
    Effect.gen(function* () {
      assert.equal(
        yield* refusal(
          "cpu",
          "tfjs-node",
          "throw new Error('The Node.js native addon module (tfjs_binding.node) " +
            "can not be found at path: /lib/tfjs_binding.node. ');",
        ),
        "Cannot load the engine tfjs as @tensorflow/tfjs-node has no addon for " +
          "this system yet; run deno task engine:install tfjs-node " +
          "(docs/engines.md), or choose --engine onnx",
      );
    }),
);

effectTest(
  "an addon that does not find TensorFlow is told in one line",
  () =>
    Effect.gen(function* () {
      assert.equal(
        yield* refusal(
          "cpu",
          "tfjs-node",
          "throw new Error('libtensorflow_cc.so.2: cannot open shared object " +
            "file\\n  path: /lib/tfjs_binding.node');",
        ),
        "Cannot load the engine tfjs as @tensorflow/tfjs-node does not load: " +
          "libtensorflow_cc.so.2: cannot open shared object file " +
          "path: /lib/tfjs_binding.node; run deno task engine:install tfjs-node " +
          "(docs/engines.md), or choose --engine onnx",
      );
    }),
);

effectTest(
  "cuda is refused where TensorFlow finds no GPU",
  () =>
    Effect.gen(function* () {
      assert.equal(
        yield* refusal("cuda", "tfjs-node-gpu", gpuPackage(false)),
        "Cannot compute on cuda as TensorFlow must find a GPU: TensorFlow 2.9.1 " +
          "finds no NVIDIA GPU; see whether nvidia-smi lists one, and what " +
          "TensorFlow says with TF_CPP_MIN_LOG_LEVEL=0; or choose --provider cpu",
      );
    }),
);

effectTest(
  "TensorFlow on a GPU is set up, and the version names both",
  () =>
    Effect.gen(function* () {
      const { version } = yield* opened(
        "cuda",
        "tfjs-node-gpu",
        gpuPackage(true),
      );
      assert.match(
        version,
        /^@tensorflow\/tfjs-node-gpu 4\.22\.0, TensorFlow 2\.9\.1 on .*NVIDIA/,
      );
      assert.equal(process.env["NVIDIA_TF32_OVERRIDE"], "0");
      assert.equal(process.env["TF_DETERMINISTIC_OPS"], "1");
      assert.equal(process.env["TF_NUM_INTRAOP_THREADS"], "1");
    }),
);
