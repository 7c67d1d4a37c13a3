import { draws, floatTensor, type Tensors } from "@deepcluster/core";
import {
  add,
  buildGraph,
  type Graph,
  input,
  interpret,
  linear,
  matmul,
  multiply,
  reduceMean,
  reduceSum,
  relu,
  subtract,
  trainingStep,
} from "@deepcluster/graph";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { Backend } from "../backend.ts";
import { layerTested, normals } from "../testing.ts";
import { splitUpdate } from "@deepcluster/onnx-lowering";
import assert from "node:assert/strict";

const all = { large: 1, block: 8 };

/** Two layers; the second's gradient is larger than its factors. */
const stepOf = (options: { momentum: number; weightDecay: number }) =>
  Effect.gen(function* () {
    const x = input("x", [2, 3]);
    const first = input("first", [8, 3]);
    const second = input("second", [12, 8]);
    const learningRate = input("learningRate", []);
    const hidden = relu(linear(x, first));
    const y = linear(hidden, second);
    return yield* buildGraph(() =>
      trainingStep({
        loss: reduceMean(multiply(y, y)),
        groups: [{ parameters: { first, second }, learningRate, ...options }],
        outputs: { y },
      })
    );
  });

const stateOf = (graph: Graph): Tensors =>
  Object.fromEntries(
    Object.entries(graph.state).map(([name, { current }]) => [
      name,
      normals(draws(5, name), current.shape),
    ]),
  );

const inputs: Tensors = {
  x: normals(draws(6, "x"), [2, 3]),
  learningRate: floatTensor([], Float32Array.of(0.125)),
};

/** The elements of a block. */
const cut = (
  tensors: Tensors,
  { of, from, shape }: {
    of: string;
    from: number;
    shape: readonly number[];
  },
) => {
  const size = shape.reduce((product, side) => product * side, 1);
  const data = tensors[of]!.data as Float32Array;
  return floatTensor(shape, data.slice(from, from + size));
};

for (const momentum of [0, 0.9]) {
  for (const weightDecay of [0, 0.1]) {
    effectTest(
      "pass and update of blocks equal the graph they were split from, with " +
        `momentum ${momentum} and weight decay ${weightDecay}`,
      () =>
        Effect.gen(function* () {
          const graph = yield* stepOf({ momentum, weightDecay });
          const state = stateOf(graph);
          const split = splitUpdate(graph, all)!;
          assert.deepEqual(
            Object.keys(split.inPlace).sort(),
            Object.keys(state).sort(),
          );
          const expected = yield* interpret(graph, inputs, state);
          const pass = yield* interpret(split.pass, {
            ...inputs,
            ...state,
          }, {});
          for (const name of Object.keys(graph.outputs)) {
            assert.deepEqual(pass.outputs[name], expected.outputs[name]);
          }
          const sources = { ...state, ...pass.outputs };
          const blocks = Object.fromEntries(
            Object.keys(split.update.inputs)
              .map((name) => [name, cut(sources, split.blocks[name]!)]),
          );
          const update = yield* interpret(split.update, blocks, {});
          assert.ok(Object.keys(update.outputs).length > 4);
          for (const [name, { data }] of Object.entries(update.outputs)) {
            const block = split.blocks[name]!;
            const wanted = cut(expected.state, block);
            assertClose(data, wanted.data, 1e-6, name);
          }
        }),
    );
  }
}

effectTest(
  "the gradient of a layer is passed to the update as its factors",
  () =>
    Effect.gen(function* () {
      const graph = yield* stepOf({ momentum: 0.9, weightDecay: 0.1 });
      const { intermediates } = splitUpdate(graph, { large: 96, block: 96 })!;
      const shapes = Object.values(intermediates).map(({ shape }) =>
        shape.join("x")
      );
      assert.deepEqual(shapes.sort(), ["", "12x2", "2x8"]);
    }),
);

effectTest(
  "state that something else reads after it would be overwritten is left " +
    "to the pass",
  () =>
    Effect.gen(function* () {
      const a = input("a", [4]);
      const b = input("b", [4]);
      const exchanged = yield* buildGraph(() => ({
        outputs: {},
        state: {
          a: { current: a, next: add(b, 1) },
          b: { current: b, next: add(a, 1) },
        },
      }));
      assert.equal(splitUpdate(exchanged, all), undefined);
      const total = reduceSum(b);
      const safe = yield* buildGraph(() => ({
        outputs: {},
        state: {
          a: { current: a, next: add(a, total) },
          b: { current: b, next: subtract(b, 1) },
        },
      }));
      assert.deepEqual(Object.keys(splitUpdate(safe, all)!.inPlace), [
        "a",
        "b",
      ]);
      const copied = yield* buildGraph(() => ({
        outputs: {},
        state: { a: { current: a, next: b }, b },
      }));
      assert.equal(splitUpdate(copied, all), undefined);
    }),
);

effectTest(
  "small state is left to the pass, and a graph without large state is whole",
  () =>
    Effect.gen(function* () {
      const graph = yield* stepOf({ momentum: 0.9, weightDecay: 0 });
      const split = splitUpdate(graph, { large: 90, block: 8 })!;
      assert.deepEqual(Object.keys(split.pass.state).sort(), [
        "first",
        "first.momentum_buffer",
      ]);
      assert.equal(splitUpdate(graph), undefined);
    }),
);

effectTest(
  "large state that is written over equals the interpreter's, step by step",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const [rows, columns] = [1030, 1030];
      for (const [momentum, weightDecay] of [[0, 0], [0.5, 0], [0.5, 0.25]]) {
        const w = input("w", [rows, columns]);
        const x = input("x", [columns, 1]);
        const learningRate = input("learningRate", []);
        const y = matmul(w, x);
        const graph = yield* buildGraph(() =>
          trainingStep({
            loss: reduceMean(multiply(y, y)),
            groups: [{
              parameters: { w },
              learningRate,
              momentum: momentum!,
              weightDecay: weightDecay!,
            }],
          })
        );
        assert.ok(splitUpdate(graph) !== undefined);
        const feeds = {
          x: normals(draws(2, "x"), [columns, 1]),
          learningRate: floatTensor([], Float32Array.of(0.25)),
        };
        let state: Tensors = stateOf(graph);
        const backend = yield* Backend;
        const { run, read } = yield* backend.compile(graph, state);
        for (let step = 0; step < 2; step++) {
          const expected = yield* interpret(graph, feeds, state);
          const { loss } = yield* run(feeds);
          const actual = yield* read;
          assertClose(loss!.data, expected.outputs["loss"]!.data, 1e-5, "loss");
          for (const [name, { data }] of Object.entries(expected.state)) {
            assertClose(actual[name]!.data, data, 1e-5, `${step} ${name}`);
          }
          state = actual;
        }
      }
    })).pipe(Effect.provide(layerTested)),
);

effectTest(
  "large state is left as it was, or taken over where the caller lets go of it",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const w = input("w", [1024, 1024]);
      const graph = yield* buildGraph(() => ({
        outputs: {},
        state: {
          w: { current: w, next: add(w, 1) },
        },
      }));
      const backend = yield* Backend;
      for (const donateState of [false, true]) {
        const own = floatTensor([1024, 1024]);
        const options = { donateState };
        const { run, read } = yield* backend.compile(
          graph,
          { w: own },
          options,
        );
        for (let step = 0; step < 3; step++) yield* run({});
        const { w: now } = yield* read;
        assert.ok(now!.data.every((value) => value === 3));
        assert.equal(own.data[5], donateState ? 3 : 0);
        assert.notEqual(now!.data, own.data);
      }
    })).pipe(Effect.provide(layerTested)),
);
