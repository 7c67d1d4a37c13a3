import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { Backend } from "../backend.ts";
import { conformanceTests } from "../conformance/conformance_testing.ts";
import { layerTfjs } from "./executor.ts";
import { leakTest } from "./leaks_testing.ts";
import { loadLibrary } from "./library.ts";
import { hasExactMaxPoolGradient } from "./exact_gradient.ts";
import type { TensorFlowBackend } from "./tensorflow.ts";
import { tfjsTests } from "./tfjs_testing.ts";
import assert from "node:assert/strict";

const library = loadLibrary({ provider: "cpu", threads: 1 });

tfjsTests("cpu", (layer) => {
  conformanceTests("tfjs cpu", layer, 1e-5);

  leakTest(
    "tfjs cpu",
    layer,
    Effect.map(library, ({ tf }) => {
      const { binding } = tf.backend() as TensorFlowBackend;
      return () => binding.getNumOfTensors();
    }),
  );

  effectTest(
    "tfjs cpu: its version names TensorFlow's",
    () =>
      Effect.gen(function* () {
        const { info } = yield* Backend;
        assert.match(
          info.identity.version,
          /^@tensorflow\/tfjs-node 4\.22\.0, TensorFlow \d+\.\d+\.\d+$/,
        );
      }).pipe(Effect.provide(layer)),
  );

  effectTest(
    "tfjs cpu: its own gradient of max-pooling is exact",
    () =>
      Effect.gen(function* () {
        assert.equal(yield* hasExactMaxPoolGradient(yield* library), true);
      }),
  );

  effectTest(
    "tfjs cpu: TensorFlow opens once a process, on as many threads",
    () =>
      Effect.gen(function* () {
        yield* library;
        const other = layerTfjs({ provider: "cpu", threads: 2 });
        const error = yield* Effect.flip(Effect.scoped(Layer.build(other)));
        assert.equal(
          error.message,
          "Cannot compute on cpu as TensorFlow opens once a process: " +
            "it is open on cpu with threads=1, not 2; use the same, or another " +
            "process",
        );
      }),
  );
}, false);
