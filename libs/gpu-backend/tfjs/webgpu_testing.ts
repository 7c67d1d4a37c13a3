/**
 * Tests of TensorFlow.js on WebGPU, run by `webgpu_test.ts` in a process of its
 * own on software.
 *
 * @module
 */
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { Backend } from "../backend.ts";
import { conformanceTests } from "../conformance/conformance_testing.ts";
import { layerTfjs } from "./executor.ts";
import { loadLibrary } from "./library.ts";
import { hasExactMaxPoolGradient } from "./exact_gradient.ts";
import assert from "node:assert/strict";

const settings = { provider: "webgpu", threads: 1, software: true } as const;

/** Opened once for all tests. */
const layer = Layer.succeedContext(
  await Effect.runPromise(Effect.scoped(Layer.build(layerTfjs(settings)))),
);

conformanceTests("tfjs on webgpu", layer, 1e-5);

effectTest(
  "tfjs on webgpu: software is refused unless it is asked for, and named",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Effect.scoped(
          Layer.build(layerTfjs({ ...settings, software: false })),
        ),
      );
      assert.match(
        error.message,
        /^Cannot compute on webgpu as its adapter must be a GPU: it is .+, software that is slower than --provider wasm; choose --provider wasm, or add --software to use it nevertheless$/,
      );
      const { info } = yield* Effect.provide(Backend, layer);
      assert.match(
        info.identity.version,
        /^@tensorflow\/tfjs-backend-webgpu 4\.22\.0 on ./,
      );
    }),
);

effectTest(
  "tfjs on webgpu: its own gradient of max-pooling, which takes the last of " +
    "equals, is not used",
  () =>
    Effect.gen(function* () {
      const library = yield* loadLibrary(settings);
      assert.equal(yield* hasExactMaxPoolGradient(library), false);
    }),
);

effectTest(
  "tfjs on webgpu: no tensor is left by the tests before",
  () =>
    Effect.gen(function* () {
      const { tf } = yield* loadLibrary(settings);
      assert.equal(tf.memory().numTensors, 0);
    }),
);
