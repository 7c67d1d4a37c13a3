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
import { Effect, Layer } from "effect";
import { Backend } from "../backend.ts";
import { conformanceTests } from "../conformance/conformance_testing.ts";
import { pathOfInstalled } from "../installed.ts";
import { layerTfjs } from "./executor.ts";
import { loadLibrary } from "./library.ts";
import { leakTest } from "./leaks_testing.ts";
import { hasExactMaxPoolGradient } from "./exact_gradient.ts";
import { tfjsTests } from "./tfjs_testing.ts";
import assert from "node:assert/strict";

/** How many tensors the library has, all programs together. */
const tensorsAlive = Effect.map(
  loadLibrary({ provider: "wasm", threads: 1 }),
  ({ tf }) => () => tf.memory().numTensors,
);

tfjsTests("wasm", (layer) => {
  conformanceTests("tfjs wasm", layer, 1e-5);
  const test = (
    name: string,
    body: () => Effect.Effect<unknown, unknown, Backend>,
  ) =>
    effectTest(`tfjs wasm: ${name}`, () => body().pipe(Effect.provide(layer)));

  test("it says where it computes, and with what", () =>
    Effect.gen(function* () {
      const { info } = yield* Backend;
      assert.deepEqual(info.identity, {
        engine: "tfjs",
        provider: "wasm",
        threads: 1,
        version: "@tensorflow/tfjs-backend-wasm 4.22.0",
      });
    }));

  leakTest("tfjs wasm", layer, tensorsAlive);

  test("a run that fails midway names the operator and leaves no tensor", () =>
    Effect.scoped(Effect.gen(function* () {
      const steps = input("steps", []);
      const [a, b] = [input("a", [2, 3]), input("b", [4, 5])];
      const wrong: Value = {
        operator: { type: "matmul", transposeA: false, transposeB: false },
        inputs: [relu(a), b],
        shape: [2, 5],
        dtype: "float32",
      };
      const backend = yield* Backend;
      const { run, read } = yield* backend.compile(
        yield* buildGraph(() => ({
          outputs: { wrong },
          state: { steps: { current: steps, next: add(steps, 1) } },
        })),
        { steps: floatTensor([]) },
      );
      const alive = yield* tensorsAlive;
      const before = alive();
      const error = yield* Effect.flip(
        run({ a: floatTensor([2, 3]), b: floatTensor([4, 5]) }),
      );
      assert.equal(error._tag, "ExecutionError");
      assert.match(
        error.message,
        /^Cannot run the graph as the engine must finish every operator: current values are operator=matmul\(\[2, 3\], \[4, 5\]\) -> \[2, 5\], reason=%\d+ matmul\/tfjs: Error in matMul/,
      );
      assert.equal(alive(), before);
      assert.equal((yield* read)["steps"]!.data[0], 0);
    })));

  test("labels that the graph computes are checked, and state is kept", () =>
    Effect.scoped(Effect.gen(function* () {
      const steps = input("steps", []);
      const labels = argMax(input("scores", [1, 5]));
      const loss = softmaxCrossEntropy(input("logits", [1, 3]), labels);
      const backend = yield* Backend;
      const { run, read } = yield* backend.compile(
        yield* buildGraph(() => ({
          outputs: { loss },
          state: { steps: { current: steps, next: add(steps, 1) } },
        })),
        { steps: floatTensor([]) },
      );
      const scores = floatTensor([1, 5], Float32Array.of(0, 0, 0, 0, 1));
      const logits = floatTensor([1, 3]);
      const alive = yield* tensorsAlive;
      const before = alive();
      const error = yield* Effect.flip(run({ scores, logits }));
      assert.equal(
        error.message,
        "Cannot compute a cross-entropy as labels must be < classes: " +
          "current values are label=4, index=0, classes=3",
      );
      assert.equal(alive(), before);
      assert.equal((yield* read)["steps"]!.data[0], 0);
      yield* run({ scores: floatTensor([1, 5]), logits });
      assert.equal((yield* read)["steps"]!.data[0], 1);
    })));

  test("a run that memory does not hold says so, and harms no other", () =>
    Effect.scoped(Effect.gen(function* () {
      const x = input("images", [400, 1, 1000]);
      const w = input("w", [3]);
      // 4.8 GB: modulo 4 GiB there would be room.
      const large = relu(broadcast(x, [400, 3000, 1000]));
      const backend = yield* Backend;
      const { run, read } = yield* backend.compile(
        yield* buildGraph(() => ({
          outputs: { sum: reduceSum(large) },
          state: { w: { current: w, next: add(w, 1) } },
        })),
        { w: floatTensor([3], Float32Array.of(1, 2, 3)) },
      );
      for (let time = 0; time < 2; time++) {
        const error = yield* Effect.flip(
          run({ images: floatTensor(x.shape) }),
        );
        assert.equal(
          error.message,
          "Cannot run the graph as memory must hold its tensors: current " +
            "values are inputs=images [400, 1, 1000], " +
            "largest=broadcast([400, 1, 1000]) -> [400, 3000, 1000], " +
            "largestBytes=4800000000, stateBytes=12; " +
            "lower the batch size or the image size, or free memory",
        );
      }
      assert.deepEqual((yield* read)["w"]!.data, Float32Array.of(1, 2, 3));
    })));

  test("a program is gone with its scope", () =>
    Effect.gen(function* () {
      const backend = yield* Backend;
      const x = input("x", [2]);
      const graph = yield* buildGraph(() => ({ outputs: { y: relu(x) } }));
      const { run } = yield* Effect.scoped(backend.compile(graph, {}));
      const error = yield* Effect.flip(run({ x: floatTensor([2]) }));
      assert.equal(
        error.message,
        "Cannot run the graph as the engine must finish every operator: " +
          "current values are operator=unknown, " +
          "reason=the program is gone with its scope",
      );
    }));

  test("between runs the event loop turns", () =>
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
    })));

  test("donated state gives the same results", () =>
    Effect.scoped(Effect.gen(function* () {
      const w = input("w", [3]);
      const backend = yield* Backend;
      const given = floatTensor([3], Float32Array.of(1, 2, 3));
      const { run, read } = yield* backend.compile(
        yield* buildGraph(() => ({
          outputs: { w },
          state: { w: { current: w, next: multiply(w, 2) } },
        })),
        { w: given },
        { donateState: true },
      );
      const { w: first } = yield* run({});
      assert.deepEqual(first!.data, Float32Array.of(1, 2, 3));
      assert.deepEqual((yield* read)["w"]!.data, Float32Array.of(2, 4, 6));
    })));

  test("its own gradient of max-pooling is found out to be inexact", () =>
    Effect.gen(function* () {
      const library = yield* loadLibrary({ provider: "wasm", threads: 1 });
      assert.equal(yield* hasExactMaxPoolGradient(library), false);
    }));

  test("ONNX models are refused, with the engine that runs them", () =>
    Effect.scoped(Effect.gen(function* () {
      const { openOnnx } = yield* Backend;
      const error = yield* Effect.flip(openOnnx("model.onnx"));
      assert.equal(
        error.message,
        "Cannot use model.onnx as the engine must run ONNX models: " +
          "the engine tfjs does not; choose the engine onnx",
      );
    })));
});

effectTest(
  "a package that is not installed is named, with the command",
  () =>
    Effect.gen(function* () {
      const library = "@tensorflow/tfjs-node-gpu";
      if (yield* Effect.isSuccess(pathOfInstalled(library))) return;
      const layer = layerTfjs({ provider: "cuda", threads: 1 });
      const error = yield* Effect.flip(Effect.scoped(Layer.build(layer)));
      assert.equal(
        error.message,
        "Cannot load the engine tfjs as @tensorflow/tfjs-node-gpu is not " +
          "installed; run deno task engine:install tfjs-node-gpu " +
          "(docs/engines.md), or choose --engine onnx",
      );
    }),
);
