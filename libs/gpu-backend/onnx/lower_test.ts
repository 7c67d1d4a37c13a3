import {
  add,
  addBias,
  broadcast,
  convolution,
  type Graph,
  graphOf,
  input,
  linear,
  matmul,
  maxPool,
  maxPoolGradient,
  multiply,
  relu,
  reluGradient,
  reshape,
  subtract,
} from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { lower } from "./lower.ts";
import assert from "node:assert/strict";

const operatorsOf = (graph: Graph): readonly string[] =>
  lower(graph, {}).model.nodes.map(({ operator }) => operator);

effectTest(
  "a bias is added by the product itself, in one node",
  () =>
    Effect.gen(function* () {
      const x = yield* input("x", [2, 3, 4, 4]);
      const filter = yield* input("filter", [5, 3, 3, 3]);
      const images = yield* addBias(
        yield* convolution(x, filter),
        yield* input("bias", [5]),
      );
      const logits = yield* linear(
        yield* reshape(images, [2, 20]),
        yield* input("weight", [7, 20]),
        yield* input("weightBias", [7]),
      );
      assert.deepEqual(operatorsOf(yield* graphOf({ logits })).toSorted(), [
        "Conv",
        "Gemm",
        "Reshape",
      ]);
    }),
);

effectTest(
  "a product that is used elsewhere as well is computed once",
  () =>
    Effect.gen(function* () {
      const x = yield* input("x", [2, 3]);
      const product = yield* matmul(x, yield* input("weight", [3, 4]));
      const sum = yield* add(product, yield* input("bias", [4]));
      assert.deepEqual(operatorsOf(yield* graphOf({ product, sum })), [
        "Gemm",
        "Add",
      ]);
    }),
);

effectTest(
  "weight decay is added by the product of a gradient",
  () =>
    Effect.gen(function* () {
      const weight = yield* input("weight", [3, 4]);
      const gradient = yield* matmul(
        yield* input("x", [2, 3]),
        yield* input("dy", [2, 4]),
        { transposeA: true },
      );
      const decayed = yield* add(gradient, yield* multiply(weight, 0.01));
      const { model } = lower(yield* graphOf({ decayed }), {});
      assert.deepEqual(
        model.nodes.map(({ inputs, attributes }) => [
          inputs,
          attributes["beta"],
        ]),
        [[["x", "dy", "weight"], { f: 0.01 }]],
      );
    }),
);

effectTest(
  "state is handed on by the node that computes it",
  () =>
    Effect.gen(function* () {
      const w = yield* input("w", [2]);
      const next = yield* subtract(w, yield* input("step", [2]));
      const { model } = lower(
        yield* graphOf({}, { w: { current: w, next } }),
        {},
      );
      assert.deepEqual(
        model.nodes.map(({ operator, outputs }) => [operator, outputs]),
        [["Sub", ["next w"]]],
      );
    }),
);

effectTest(
  "broadcasts into arithmetic are not spelled out",
  () =>
    Effect.gen(function* () {
      const x = yield* input("x", [2, 3]);
      const row = yield* broadcast(yield* input("row", [3]), [2, 3]);
      const y = yield* add(yield* multiply(x, row), 1);
      assert.deepEqual(operatorsOf(yield* graphOf({ y })), ["Mul", "Add"]);
    }),
);

effectTest(
  "a pooling and its gradient share one node",
  () =>
    Effect.gen(function* () {
      const x = yield* input("x", [1, 1, 4, 4]);
      const y = yield* maxPool(x, { kernel: 2 });
      const dx = yield* maxPoolGradient(x, y, { kernel: 2 });
      const both = operatorsOf(yield* graphOf({ y, dx }));
      assert.equal(both.filter((operator) => operator === "MaxPool").length, 1);
      const { model } = lower(yield* graphOf({ y }), {});
      assert.deepEqual(model.nodes[0]!.outputs, ["y"]);
    }),
);

effectTest(
  "the gradient of a ReLU reads what the ReLU wrote",
  () =>
    Effect.gen(function* () {
      const x = yield* input("x", [4]);
      const doubled = yield* add(x, x);
      const y = yield* relu(doubled);
      const dx = yield* reluGradient(doubled, x);
      const { model } = lower(yield* graphOf({ y, dx }), {});
      const readers = model.nodes
        .filter(({ inputs }) => inputs.includes("%1 add/Add"));
      assert.deepEqual(readers.map(({ operator }) => operator), ["Relu"]);
    }),
);
