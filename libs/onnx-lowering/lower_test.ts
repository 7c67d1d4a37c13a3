import {
  add,
  addBias,
  broadcast,
  buildGraph,
  convolution,
  type Graph,
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
import { innerNodes } from "@deepcluster/onnx-format";
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
      const x = input("x", [2, 3, 4, 4]);
      const filter = input("filter", [5, 3, 3, 3]);
      const images = addBias(
        convolution(x, filter),
        input("bias", [5]),
      );
      const logits = linear(
        reshape(images, [2, 20]),
        input("weight", [7, 20]),
        input("weightBias", [7]),
      );
      assert.deepEqual(
        operatorsOf(yield* buildGraph(() => ({ outputs: { logits } })))
          .toSorted(),
        [
          "Conv",
          "Gemm",
          "Reshape",
        ],
      );
    }),
);

effectTest(
  "a product that is used elsewhere as well is computed once",
  () =>
    Effect.gen(function* () {
      const x = input("x", [2, 3]);
      const product = matmul(x, input("weight", [3, 4]));
      const sum = add(product, input("bias", [4]));
      assert.deepEqual(
        operatorsOf(yield* buildGraph(() => ({ outputs: { product, sum } }))),
        [
          "Gemm",
          "Add",
        ],
      );
    }),
);

effectTest(
  "weight decay is added by the product of a gradient",
  () =>
    Effect.gen(function* () {
      const weight = input("weight", [3, 4]);
      const gradient = matmul(
        input("x", [2, 3]),
        input("dy", [2, 4]),
        { transposeA: true },
      );
      const decayed = add(gradient, multiply(weight, 0.01));
      const { model } = lower(
        yield* buildGraph(() => ({ outputs: { decayed } })),
        {},
      );
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
      const w = input("w", [2]);
      const next = subtract(w, input("step", [2]));
      const { model } = lower(
        yield* buildGraph(() => ({
          outputs: {},
          state: { w: { current: w, next } },
        })),
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
      const x = input("x", [2, 3]);
      const row = broadcast(input("row", [3]), [2, 3]);
      const y = add(multiply(x, row), 1);
      assert.deepEqual(
        operatorsOf(yield* buildGraph(() => ({ outputs: { y } }))),
        ["Mul", "Add"],
      );
    }),
);

effectTest(
  "a pooling and its gradient share one node, except for windows of 2 x 2 and " +
    "those of 3 x 3 that overlap, where none computes positions",
  () =>
    Effect.gen(function* () {
      const poolings = (side: number, kernel: number) =>
        Effect.map(
          buildGraph(() => {
            const x = input("x", [1, 1, side, side]);
            const y = maxPool(x, { kernel, stride: 2 });
            return {
              outputs: { y, dx: maxPoolGradient(x, y, { kernel, stride: 2 }) },
            };
          }),
          (graph) =>
            lower(graph, {}).model.nodes
              .flatMap((node) => [node, ...innerNodes(node)])
              .filter(({ operator }) => operator === "MaxPool")
              .map(({ outputs }) => outputs.length),
        );
      assert.deepEqual(yield* poolings(5, 3), Array(9).fill(1));
      assert.deepEqual(yield* poolings(6, 3), [2]);
      assert.deepEqual(yield* poolings(5, 2), [2]);
      assert.deepEqual(yield* poolings(4, 2), [1, 1, 1, 1]);
    }),
);

effectTest(
  "the gradient of a ReLU reads what the ReLU wrote",
  () =>
    Effect.gen(function* () {
      const x = input("x", [4]);
      const doubled = add(x, x);
      const y = relu(doubled);
      const dx = reluGradient(doubled, x);
      const { model } = lower(
        yield* buildGraph(() => ({ outputs: { y, dx } })),
        {},
      );
      const readers = model.nodes
        .filter(({ inputs }) => inputs.includes("%1 add/Add"));
      assert.deepEqual(readers.map(({ operator }) => operator), ["Relu"]);
    }),
);
