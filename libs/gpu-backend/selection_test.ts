import { effectTest } from "@deepcluster/test";
import { Effect, Result } from "effect";
import { availableParallelism } from "node:os";
import { Backend } from "./backend.ts";
import type { Engine } from "./engine.ts";
import { layerBackend } from "./layer_backend.ts";
import { engineNames, engines, providerNames, providersOf } from "./engines.ts";
import { type BackendOptions, selectBackend } from "./selection.ts";
import assert from "node:assert/strict";

const infoOf = (options?: BackendOptions) =>
  Effect.gen(function* () {
    const { info } = yield* Backend;
    return info.identity;
  }).pipe(Effect.provide(layerBackend(options)));

effectTest(
  "layerBackend() takes ONNX Runtime on all cores by default",
  () =>
    Effect.gen(function* () {
      const { engine, provider, threads } = yield* infoOf();
      assert.equal(engine, "onnx");
      assert.equal(provider, "cpu");
      assert.equal(threads, availableParallelism());
    }),
);

effectTest(
  "layerBackend() takes the engine and threads it is told",
  () =>
    Effect.gen(function* () {
      assert.equal((yield* infoOf({ threads: 1 })).threads, 1);
      assert.equal(
        (yield* infoOf({ engine: "reference" })).engine,
        "reference",
      );
    }),
);

for (const engine of engineNames) {
  const { providers }: Engine = engines[engine];
  const { maxThreads = 1024 } = Object.values(providers)[0]!;
  for (const provider of providerNames) {
    effectTest(
      `selectBackend() takes ${provider} of ${engine} only where the table has it`,
      () =>
        Effect.gen(function* () {
          const selected = yield* Effect.result(
            selectBackend({ engine, provider }),
          );
          assert.equal(
            Result.isSuccess(selected),
            providersOf(engine).includes(provider),
          );
        }),
    );
  }
  effectTest(
    `selectBackend() gives ${engine} its first provider and no more threads ` +
      "than it can use",
    () =>
      Effect.gen(function* () {
        assert.deepEqual(yield* selectBackend({ engine }), {
          engine,
          provider: providersOf(engine)[0],
          threads: Math.min(maxThreads, availableParallelism()),
        });
      }),
  );
}

effectTest(
  "the default engine is onnx on the CPU, as in runs of earlier versions",
  () =>
    Effect.sync(() => {
      assert.equal(engineNames[0], "onnx");
      assert.deepEqual(providersOf("onnx"), ["cpu", "webgpu", "cuda"]);
      assert.deepEqual(providersOf("tfjs"), ["wasm", "cpu", "cuda", "webgpu"]);
      assert.deepEqual(providerNames, ["cpu", "webgpu", "cuda", "wasm"]);
    }),
);

const refusals: readonly [BackendOptions, string][] = [
  [
    { engine: "torch" },
    "Cannot choose an engine as engine must be one of onnx, tfjs, reference: " +
    "current value is engine=torch",
  ],
  [
    { provider: "tpu" },
    "Cannot compute with the engine onnx as provider must be one of " +
    "cpu, webgpu, cuda: current value is provider=tpu",
  ],
  [
    { engine: "reference", provider: "cuda" },
    "Cannot compute with the engine reference as provider must be cpu: " +
    "current value is provider=cuda; cuda is of --engine onnx and tfjs",
  ],
  [
    { threads: 0 },
    "Cannot compute with the engine onnx as threads must be an integer from " +
    "1 to 1024: " +
    "current value is threads=0",
  ],
  [
    { threads: 1.5 },
    "Cannot compute with the engine onnx as threads must be an integer from " +
    "1 to 1024: " +
    "current value is threads=1.5",
  ],
  [
    { engine: "reference", threads: 2 },
    "Cannot compute with the engine reference as threads must be 1 on cpu: " +
    "current value is threads=2",
  ],
  [
    { engine: "tfjs", threads: 2 },
    "Cannot compute with the engine tfjs as threads must be 1 on wasm: " +
    "current value is threads=2",
  ],
];

for (const [options, message] of refusals) {
  effectTest(
    `selectBackend(${JSON.stringify(options)}) fails`,
    () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(selectBackend(options));
        assert.equal(error.message, message);
      }),
  );
}
