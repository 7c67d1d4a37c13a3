import { floatTensor } from "@deepcluster/core";
import {
  add,
  argMax,
  broadcast,
  buildGraph,
  input,
  multiply,
  reduceSum,
  relu,
  softmaxCrossEntropy,
  type Value,
} from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Context, Effect, Fiber, Layer, Result } from "effect";
import { readFileSync } from "node:fs";
import { Backend } from "../backend.ts";
import { conformanceTests } from "../conformance/conformance_testing.ts";
import { trainingTests } from "../conformance/training_testing.ts";
import { layerTested } from "../testing.ts";
import { layerOnnx } from "./executor.ts";
import assert from "node:assert/strict";
import process from "node:process";

conformanceTests("onnx", layerTested, 1e-5);
trainingTests(
  "onnx on one thread",
  layerOnnx({ provider: "cpu", threads: 1 }),
  1e-5,
);

const { version } = JSON.parse(
  readFileSync(
    new URL(
      "../../../node_modules/onnxruntime-node/package.json",
      import.meta.url,
    ),
    "utf8",
  ),
) as { readonly version: string };

effectTest(
  "layerOnnx says where it computes, and with what",
  () =>
    Effect.gen(function* () {
      const { info } = yield* Backend;
      assert.deepEqual(info.identity, {
        engine: "onnx",
        provider: "cpu",
        threads: 2,
        version: `onnxruntime-node ${version}`,
      });
    }).pipe(Effect.provide(layerTested)),
);

effectTest(
  "run allocates no result that it was not asked for",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const size = 4_000_000;
      const w = input("w", [size]);
      const backend = yield* Backend;
      const { run } = yield* backend.compile(
        yield* buildGraph(() => ({
          outputs: {},
          state: { w: { current: w, next: multiply(w, 2) } },
        })),
        { w: floatTensor([size]) },
      );
      yield* run({});
      const before = process.memoryUsage();
      for (let step = 0; step < 8; step++) yield* run({});
      const after = process.memoryUsage();
      const grown = after.external + after.arrayBuffers -
        before.external - before.arrayBuffers;
      assert.ok(grown < 4 * size, `${grown} bytes more after 8 runs`);
    })).pipe(Effect.provide(layerTested)),
);

effectTest(
  "between runs the event loop turns",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const x = input("x", [2]);
      const backend = yield* Backend;
      const { run } = yield* backend.compile(
        yield* buildGraph(() => ({ outputs: { y: relu(x) } })),
        {},
      );
      let turns = 0;
      const timer = setInterval(() => turns++, 0);
      yield* Effect.addFinalizer(() => Effect.sync(() => clearInterval(timer)));
      // A rest comes every tenth of a second.
      const end = performance.now() + 2000;
      while (turns === 0 && performance.now() < end) {
        yield* run({ x: floatTensor([2]) });
      }
      assert.ok(turns > 0);
    })).pipe(Effect.provide(layerTested)),
);

effectTest(
  "a run that has begun is finished before it is interrupted",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const steps = input("steps", []);
      const backend = yield* Backend;
      const { run, read } = yield* backend.compile(
        yield* buildGraph(() => ({
          outputs: {},
          state: {
            steps: { current: steps, next: add(steps, 1) },
          },
        })),
        { steps: floatTensor([]) },
      );
      yield* run({}); // rests first; the next one begins at once
      const begun = yield* Effect.forkChild(run({}), {
        startImmediately: true,
      });
      yield* Fiber.interrupt(begun);
      assert.equal((yield* read)["steps"]!.data[0], 2);
    })).pipe(Effect.provide(layerTested)),
);

effectTest("a program is gone with its scope", () =>
  Effect.gen(function* () {
    const x = input("x", [2]);
    const graph = yield* buildGraph(() => ({ outputs: { y: relu(x) } }));
    const backend = yield* Backend;
    const { run } = yield* Effect.scoped(backend.compile(graph, {}));
    const error = yield* Effect.flip(run({ x: floatTensor([2]) }));
    assert.equal(
      error.message,
      "Cannot run the graph as the engine must finish every operator: " +
        "current values are operator=unknown, reason=Session already disposed.",
    );
  }).pipe(Effect.provide(layerTested)));

effectTest(
  "a graph that ONNX Runtime refuses names the operator",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const a = input("a", [2, 3]);
      const b = input("b", [4, 5]);
      const wrong: Value = {
        operator: { type: "matmul", transposeA: false, transposeB: false },
        inputs: [a, b],
        shape: [2, 5],
        dtype: "float32",
      };
      const backend = yield* Backend;
      const graph = yield* buildGraph(() => ({ outputs: { wrong } }));
      const error = yield* Effect.flip(backend.compile(graph, {}));
      assert.equal(error._tag, "CompilationError");
      assert.match(
        error.message,
        /^Cannot compile the graph as the engine must accept every operator: current values are operator=matmul\(\[2, 3\], \[4, 5\]\) -> \[2, 5\], reason=Node \(%2 matmul\/Gemm\)/,
      );
    })).pipe(Effect.provide(layerTested)),
);

effectTest(
  "a run that ONNX Runtime stops names the operator and keeps state",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const steps = input("steps", []);
      const labels = argMax(input("scores", [1, 5]));
      const loss = softmaxCrossEntropy(
        input("logits", [1, 3]),
        labels,
      );
      const backend = yield* Backend;
      const { run, read } = yield* backend.compile(
        yield* buildGraph(() => ({
          outputs: { loss },
          state: {
            steps: { current: steps, next: add(steps, 1) },
          },
        })),
        { steps: floatTensor([]) },
      );
      const scores = floatTensor([1, 5], Float32Array.of(0, 0, 0, 0, 1));
      const logits = floatTensor([1, 3]);
      const error = yield* Effect.flip(run({ scores, logits }));
      assert.equal(error._tag, "ExecutionError");
      assert.match(
        error.message,
        /^Cannot run the graph as the engine must finish every operator: current values are operator=softmaxCrossEntropy\(\[1, 3\], int32\[1\]\) -> \[1\], reason=/,
      );
      assert.equal((yield* read)["steps"]!.data[0], 0);
      yield* run({ scores: floatTensor([1, 5]), logits });
      assert.equal((yield* read)["steps"]!.data[0], 1);
    })).pipe(Effect.provide(layerTested)),
);

effectTest(
  "a run that memory does not hold says so, with the shapes",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const x = input("images", [40_000, 1, 1000]);
      const w = input("w", [3]);
      const large = relu(broadcast(x, [40_000, 100_000, 1000]));
      const backend = yield* Backend;
      const { run } = yield* backend.compile(
        yield* buildGraph(() => ({
          outputs: { sum: reduceSum(large), w },
          state: { w },
        })),
        { w: floatTensor([3]) },
      );
      const error = yield* Effect.flip(run({ images: floatTensor(x.shape) }));
      assert.equal(error._tag, "OutOfMemoryError");
      assert.equal(
        error.message,
        "Cannot run the graph as memory must hold its tensors: current values " +
          "are inputs=images [40000, 1, 1000], " +
          "largest=broadcast([40000, 1, 1000]) -> [40000, 100000, 1000], " +
          "largestBytes=16000000000000, stateBytes=12; " +
          "lower the batch size or the image size, or free memory",
      );
    })).pipe(Effect.provide(layerTested)),
);

effectTest(
  "outputs that memory does not hold are refused by compile",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const labels = input("labels", [1, 4], "int32");
      const backend = yield* Backend;
      const graph = yield* buildGraph(() => ({
        outputs: {
          y: broadcast(labels, [40_000_000_000, 4]),
        },
      }));
      const error = yield* Effect.flip(backend.compile(graph, {}));
      assert.equal(error._tag, "OutOfMemoryError");
      assert.match(error.message, /^Cannot compile the graph as memory must /);
    })).pipe(Effect.provide(layerTested)),
);

effectTest(
  "a provider that cannot be used is refused, never replaced",
  () =>
    Effect.gen(function* () {
      const layer = layerOnnx({ provider: "cuda", threads: 1 });
      const built = yield* Effect.result(Effect.scoped(Layer.build(layer)));
      if (Result.isSuccess(built)) {
        const { info } = Context.get(built.success, Backend);
        return assert.equal(info.identity.provider, "cuda");
      }
      assert.equal(built.failure._tag, "ProviderMissingError");
      assert.match(
        built.failure.message,
        /^Cannot compute on cuda as .*, or choose --provider cpu$/,
      );
    }),
);
