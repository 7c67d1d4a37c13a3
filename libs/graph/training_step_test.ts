import { floatTensor, type Tensors } from "@deepcluster/core";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { describe } from "./describe.ts";
import { add, multiply, relu } from "./elementwise.ts";
import { buildGraph } from "./graph.ts";
import { input } from "./leaves.ts";
import { linear } from "./linear_algebra.ts";
import { reduceMean, reduceSum } from "./reduction.ts";
import { interpret } from "./reference.ts";
import { trainingStep } from "./training_step.ts";
import assert from "node:assert/strict";

const scalar = (value: number) => floatTensor([], Float32Array.of(value));

/** loss = 2 a + 2 b, the two trained in different ways. */
const twoGroups = Effect.gen(function* () {
  const a = input("a", []);
  const b = input("b", []);
  const learningRate = input("learningRate", []);
  const headLearningRate = input("headLearningRate", []);
  return yield* buildGraph(() =>
    trainingStep({
      loss: multiply(add(a, b), 2),
      groups: [
        { parameters: { a }, learningRate, momentum: 0.5, weightDecay: 0.1 },
        { parameters: { b }, learningRate: headLearningRate },
      ],
    })
  );
});
const rates = { learningRate: scalar(0.1), headLearningRate: scalar(0.25) };

effectTest(
  "trainingStep() moves parameters as worked by hand",
  () =>
    Effect.gen(function* () {
      const graph = yield* twoGroups;
      let state: Tensors = {
        a: scalar(1),
        b: scalar(1),
        "a.momentum_buffer": scalar(0),
      };
      const first = yield* interpret(graph, rates, state);
      assert.equal(first.outputs["loss"]!.data[0], 4);
      state = first.state;
      // d = 2 + 0.1 * 1 = 2.1 = v, a = 1 - 0.1 * 2.1
      assertClose(state["a.momentum_buffer"]!.data, [2.1], 1e-6);
      assertClose(state["a"]!.data, [0.79], 1e-6);
      assertClose(state["b"]!.data, [1 - 0.25 * 2], 1e-6);
      const second = yield* interpret(graph, rates, state);
      state = second.state;
      // d = 2 + 0.1 * 0.79 = 2.079, v = 0.5 * 2.1 + 2.079 = 3.129
      assertClose(state["a.momentum_buffer"]!.data, [3.129], 1e-6);
      assertClose(state["a"]!.data, [0.79 - 0.1 * 3.129], 1e-6);
      assertClose(state["b"]!.data, [0], 1e-6);
    }),
);

effectTest(
  "trainingStep() keeps momenta only for groups with momentum",
  () =>
    Effect.gen(function* () {
      const graph = yield* twoGroups;
      assert.deepEqual(Object.keys(graph.state), [
        "a",
        "b",
        "a.momentum_buffer",
      ]);
      assert.deepEqual(Object.keys(graph.inputs).toSorted(), [
        "headLearningRate",
        "learningRate",
      ]);
    }),
);

/** Two layers and a count of steps. */
const twoLayers = () => {
  const x = input("x", [4, 3]);
  const lower = input("lower", [5, 3]);
  const upper = input("upper", [2, 5]);
  const steps = input("steps", []);
  const learningRate = input("learningRate", []);
  const hidden = relu(linear(x, lower));
  const y = linear(hidden, upper);
  const loss = reduceMean(y);
  const next = add(steps, 1);
  return { lower, upper, steps, learningRate, loss, y, next };
};

effectTest(
  "trainingStep() costs nothing for frozen parameters",
  () =>
    Effect.gen(function* () {
      const { lower, upper, learningRate, loss } = twoLayers();
      const graph = yield* buildGraph(() =>
        trainingStep({
          loss,
          groups: [{ parameters: { upper }, learningRate, momentum: 0.9 }],
          constants: { lower },
        })
      );
      assert.deepEqual(graph.state["lower"], { current: lower });
      const listing = describe(graph);
      assert.equal(listing.match(/matmul/g)!.length, 3);
      assert.doesNotMatch(listing, /reluGradient/);
    }),
);

effectTest(
  "trainingStep() hands back outputs and moves what is updated",
  () =>
    Effect.gen(function* () {
      const { lower, upper, steps, learningRate, loss, y, next } = twoLayers();
      const graph = yield* buildGraph(() =>
        trainingStep({
          loss,
          groups: [{ parameters: { lower, upper }, learningRate }],
          updates: { steps: { current: steps, next } },
          outputs: { y },
        })
      );
      const { outputs, state } = yield* interpret(graph, {
        x: floatTensor([4, 3]),
        learningRate: scalar(1),
      }, {
        lower: floatTensor([5, 3]),
        upper: floatTensor([2, 5]),
        steps: scalar(41),
      });
      assert.deepEqual(Object.keys(outputs), ["loss", "y"]);
      assert.deepEqual(state["steps"], scalar(42));
    }),
);

effectTest(
  "trainingStep() still decays what the loss does not depend on",
  () =>
    Effect.gen(function* () {
      const x = input("x", []);
      const idle = input("idle", [2]);
      const learningRate = input("learningRate", []);
      const graph = yield* buildGraph(() =>
        trainingStep({
          loss: reduceSum(x),
          groups: [{ parameters: { idle }, learningRate, weightDecay: 0.5 }],
        })
      );
      const { state } = yield* interpret(
        graph,
        { x: scalar(1), learningRate: scalar(0.5) },
        { idle: floatTensor([2], Float32Array.of(4, 8)) },
      );
      assert.deepEqual([...state["idle"]!.data], [3, 6]);
    }),
);

effectTest(
  "trainingStep() refuses a parameter in two groups",
  () =>
    Effect.gen(function* () {
      const { upper, learningRate, loss } = twoLayers();
      const group = { parameters: { upper }, learningRate };
      const error = yield* Effect.flip(
        buildGraph(() => trainingStep({ loss, groups: [group, group] })),
      );
      assert.equal(
        error.message,
        "Cannot use upper in a graph as every name must belong to one value: " +
          "current values are upper, upper",
      );
    }),
);

effectTest(
  "trainingStep() refuses a parameter that is constant, too",
  () =>
    Effect.gen(function* () {
      const { upper, learningRate, loss } = twoLayers();
      const error = yield* Effect.flip(buildGraph(() =>
        trainingStep({
          loss,
          groups: [{ parameters: { upper }, learningRate }],
          constants: { upper },
        })
      ));
      assert.equal(error._tag, "GraphError");
    }),
);

effectTest(
  "trainingStep() refuses a second output called loss",
  () =>
    Effect.gen(function* () {
      const { upper, learningRate, loss, y } = twoLayers();
      const error = yield* Effect.flip(buildGraph(() =>
        trainingStep({
          loss,
          groups: [{ parameters: { upper }, learningRate }],
          outputs: { loss: y },
        })
      ));
      assert.equal(
        error.message,
        "Cannot use loss in a graph as every name must belong to one value: " +
          "current values are loss, loss",
      );
    }),
);

effectTest(
  "trainingStep() refuses a learning rate that is no scalar",
  () =>
    Effect.gen(function* () {
      const { upper, y, loss } = twoLayers();
      const error = yield* Effect.flip(buildGraph(() =>
        trainingStep({
          loss,
          groups: [{ parameters: { upper }, learningRate: y }],
        })
      ));
      assert.equal(
        error.message,
        "Cannot use learningRate in a graph as it must be a scalar of float32: " +
          "current values are [4, 2]",
      );
    }),
);
