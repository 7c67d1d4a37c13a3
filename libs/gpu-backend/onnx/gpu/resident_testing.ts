/**
 * Tests of state that stays on a GPU: what crosses, and that nothing is left.
 *
 * @module
 */
import { floatTensor, sizeOf } from "@deepcluster/core";
import {
  add,
  broadcast,
  buildGraph,
  input,
  reduceMean,
  reduceSum,
} from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import type { Tensor as OnnxTensor } from "onnxruntime-node";
import process from "node:process";
import { compileWith } from "../executor.ts";
import { loadRuntime, type OnnxRuntime } from "../runtime.ts";
import assert from "node:assert/strict";

const size = 1_000_000;

/** Two large tensors of state that change places; one grows on the way. */
const swapping = buildGraph(() => {
  const [a, b] = [input("a", [size]), input("b", [size])];
  const rate = input("rate", []);
  return {
    outputs: { mean: reduceMean(a) },
    state: {
      a: { current: a, next: add(b, rate) },
      b: { current: b, next: a },
    },
  };
});

const state = () => ({
  a: floatTensor([size], new Float32Array(size).fill(1)),
  b: floatTensor([size], new Float32Array(size).fill(2)),
});

/** What the library's runs moved, and which of their tensors it still holds. */
interface Traffic {
  /** Bytes fed from the process. */
  up: number;
  /** Bytes given to the process. */
  down: number;
  /** Tensors on the GPU that are not freed. */
  readonly alive: Set<OnnxTensor>;
}

type Run = (feeds: OnnxTensors) => Promise<OnnxTensors>;
type OnnxTensors = Readonly<Record<string, OnnxTensor>>;

/** The library, with what its runs move told to `traffic`. */
const watched = (runtime: OnnxRuntime, traffic: Traffic): OnnxRuntime => {
  const watchedRun = (run: Run): Run => async (feeds) => {
    const up = bytesInProcess(feeds);
    const results = await run(feeds);
    traffic.up += up;
    traffic.down += bytesInProcess(results);
    for (const tensor of Object.values(results)) {
      if (tensor.location !== "gpu-buffer") continue;
      traffic.alive.add(tensor);
      tensor.dispose = () => {
        traffic.alive.delete(tensor);
        runtime.Tensor.prototype.dispose.call(tensor);
      };
    }
    return results;
  };
  const create = async (...args: [Uint8Array]) => {
    const session = await runtime.InferenceSession.create(...args);
    session.run = watchedRun(session.run.bind(session) as Run) as never;
    return session;
  };
  return { ...runtime, InferenceSession: { create: create as never } };
};

const bytesInProcess = (tensors: OnnxTensors): number =>
  Object.values(tensors)
    .filter(({ location }) => location === "cpu")
    .reduce((sum, { dims }) => sum + 4 * sizeOf(dims), 0);

/** A program of {@link swapping} and what its runs move. */
const compiled = Effect.gen(function* () {
  const traffic: Traffic = { up: 0, down: 0, alive: new Set() };
  const compile = compileWith({
    runtime: watched(yield* loadRuntime, traffic),
    settings: { provider: "webgpu", threads: 1 },
    lowering: { onGpu: true },
  });
  const program = yield* compile(yield* swapping, state(), {
    donateState: true,
  });
  return { ...program, traffic };
});

const inputs = { rate: floatTensor([], Float32Array.of(1)) };

effectTest(
  "state goes up once; then only inputs go up and outputs come down",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const { run, traffic } = yield* compiled;
      yield* run(inputs);
      assert.deepEqual([traffic.up, traffic.down], [8 * size + 4, 4]);
      for (let step = 0; step < 3; step++) yield* run(inputs);
      assert.deepEqual([traffic.up, traffic.down], [8 * size + 16, 16]);
    })),
);

effectTest(
  "write sends up what it names, once, and frees what it replaces",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const { run, write, traffic } = yield* compiled;
      yield* run(inputs);
      yield* write({ a: state().a });
      assert.equal(traffic.alive.size, 1);
      traffic.up = 0;
      yield* run(inputs);
      yield* run(inputs);
      assert.equal(traffic.up, 4 * size + 8);
      assert.equal(traffic.alive.size, 2);
    })),
);

effectTest(
  "read brings down every tensor of state once, and keeps nothing",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const { run, read, traffic } = yield* compiled;
      yield* read;
      assert.equal(traffic.down, 0);
      for (let step = 0; step < 3; step++) yield* run(inputs);
      traffic.down = 0;
      const { a, b } = yield* read;
      assert.equal(traffic.down, 8 * size);
      assert.equal(traffic.alive.size, 2);
      assert.deepEqual([a!.data.at(-1), b!.data.at(-1)], [4, 2]);
    })),
);

effectTest(
  "100 steps take no more memory than 5, and the scope leaves nothing",
  () =>
    Effect.gen(function* () {
      const { traffic } = yield* Effect.scoped(Effect.gen(function* () {
        const { run, read, traffic } = yield* compiled;
        const steps = Effect.fnUntraced(function* (count: number) {
          for (let step = 0; step < count; step++) yield* run(inputs);
          yield* read;
          return process.memoryUsage().rss;
        });
        const before = yield* steps(5);
        const grown = (yield* steps(100)) - before;
        // What a leak of one tensor a step came to: 100 times 4 MB.
        assert.ok(grown < 40e6, `${grown} bytes in 100 steps`);
        assert.equal(traffic.alive.size, 2);
        return { traffic };
      }));
      assert.equal(traffic.alive.size, 0);
    }),
);

for (const rows of [1_200_000, 4_000_000_000]) {
  effectTest(
    `a run of ${rows} rows that memory does not hold says so, with the ` +
      "shapes, and leaves the state as it was",
    () =>
      Effect.scoped(Effect.gen(function* () {
        const steps = input("steps", []);
        const row = input("row", [1, 4000]);
        const compile = compileWith({
          runtime: yield* loadRuntime,
          settings: { provider: "webgpu", threads: 1 },
          lowering: { onGpu: true },
        });
        const { run, read } = yield* compile(
          yield* buildGraph(() => ({
            outputs: { sum: reduceSum(broadcast(row, [rows, 4000])) },
            state: { steps: { current: steps, next: add(steps, 1) } },
          })),
          { steps: floatTensor([]) },
        );
        const error = yield* Effect.flip(run({ row: floatTensor([1, 4000]) }));
        assert.equal(error._tag, "OutOfMemoryError", error.message);
        assert.match(
          error.message,
          /^Cannot run the graph as memory must hold its tensors: current values are inputs=row \[1, 4000\], .*; lower the batch size or the image size, or free memory$/,
        );
        assert.equal((yield* read)["steps"]!.data[0], 0);
      })),
  );
}
