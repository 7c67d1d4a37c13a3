import { floatTensor, intTensor } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { add, multiply } from "./elementwise.ts";
import { buildGraph } from "./graph.ts";
import { constant, input } from "./leaves.ts";
import { softmaxCrossEntropy } from "./losses.ts";
import { reduceSum } from "./reduction.ts";
import { interpret } from "./reference.ts";
import assert from "node:assert/strict";

/** Output x * weight; weight gains 1 a run; bias never changes. */
const program = Effect.gen(function* () {
  const x = input("x", [2]);
  const weight = input("weight", []);
  const bias = input("bias", [2]);
  const y = add(multiply(x, weight), bias);
  const next = add(weight, 1);
  return yield* buildGraph(() => ({
    outputs: { y },
    state: { weight: { current: weight, next }, bias },
  }));
});
const x = floatTensor([2], Float32Array.of(1, 2));
const weight = floatTensor([], Float32Array.of(3));
const bias = floatTensor([2], Float32Array.of(10, 20));

effectTest(
  "interpret() reads all state before it replaces any",
  () =>
    Effect.gen(function* () {
      const graph = yield* program;
      const first = yield* interpret(graph, { x }, { weight, bias });
      assert.deepEqual(first.outputs, {
        y: floatTensor([2], Float32Array.of(13, 26)),
      });
      const second = yield* interpret(graph, { x }, first.state);
      assert.deepEqual(second.outputs["y"]!.data, Float32Array.of(14, 28));
      assert.deepEqual(second.state, {
        weight: floatTensor([], Float32Array.of(5)),
        bias,
      });
      assert.deepEqual(weight.data, Float32Array.of(3));
    }),
);

effectTest(
  "interpret() hands back integers as int32",
  () =>
    Effect.gen(function* () {
      const one = constant(1, [2], "int32");
      const { outputs } = yield* interpret(
        yield* buildGraph(() => ({ outputs: { one } })),
        {},
        {},
      );
      assert.deepEqual(outputs["one"], intTensor([2], Int32Array.of(1, 1)));
    }),
);

effectTest(
  "interpret() accumulates in double precision",
  () =>
    Effect.gen(function* () {
      const sum = reduceSum(input("x", [3]));
      const graph = yield* buildGraph(() => ({ outputs: { sum } }));
      const x = floatTensor([3], Float32Array.of(2 ** 24, 1, 1));
      const { outputs } = yield* interpret(graph, { x }, {});
      assert.equal(outputs["sum"]!.data[0], 2 ** 24 + 2);
    }),
);

const refusals = [
  [
    "a missing input",
    {},
    { weight, bias },
    "x must be [2]: current value is absent",
  ],
  [
    "a missing state",
    { x },
    { weight },
    "bias must be [2]: current value is absent",
  ],
  [
    "an input of another shape",
    { x: weight },
    { weight, bias },
    "x must be [2]: current value is []",
  ],
  [
    "an input of another type",
    { x: intTensor([2]) },
    { weight, bias },
    "x must be [2]: current value is int32[2]",
  ],
  [
    "a tensor that the graph does not know",
    { x, y: x },
    { weight, bias },
    "y must be absent: current value is [2]",
  ],
  [
    "state that the graph does not know",
    { x },
    { weight, bias, scale: weight },
    "scale must be absent: current value is []",
  ],
] as const;
for (const [what, inputs, state, message] of refusals) {
  effectTest(`interpret() refuses ${what}`, () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        interpret(yield* program, inputs, state),
      );
      assert.equal(error._tag, "FeedError");
      assert.equal(error.message, `Cannot run the graph as ${message}`);
    }));
}

effectTest(
  "interpret() names a label that is none of the classes",
  () =>
    Effect.gen(function* () {
      const logits = input("logits", [2, 3]);
      const labels = input("labels", [2], "int32");
      const loss = softmaxCrossEntropy(logits, labels);
      const error = yield* Effect.flip(
        interpret(yield* buildGraph(() => ({ outputs: { loss } })), {
          logits: floatTensor([2, 3]),
          labels: intTensor([2], Int32Array.of(2, 3)),
        }, {}),
      );
      assert.equal(
        error.message,
        "Cannot compute a cross-entropy as labels must be < classes: " +
          "current values are label=3, index=1, classes=3",
      );
    }),
);
