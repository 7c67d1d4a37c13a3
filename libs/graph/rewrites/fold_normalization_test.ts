import { draws, floatTensor } from "@deepcluster/core";
import { convolution } from "../convolution.ts";
import { describe } from "../describe.ts";
import { add, relu } from "../elementwise.ts";
import { buildGraph, topologicalOrder } from "../graph.ts";
import { input } from "../leaves.ts";
import { batchNormalization } from "../normalization.ts";
import { interpret } from "../reference.ts";
import { addBias } from "../shape_operators.ts";
import type { Graph, Value } from "../value.ts";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { constantValues, foldNormalization } from "./fold_normalization.ts";
import assert from "node:assert/strict";

const shapes = {
  filter: [4, 3, 3, 3],
  bias: [4],
  mean: [4],
  variance: [4],
  scale: [4],
  shift: [4],
};

type Parameters = Readonly<Record<keyof typeof shapes, Value>>;

const images = input("images", [2, 3, 6, 5]);

/** A normalised convolution; `fed` is no state, and `more` is shown as well. */
const block = (
  fed: readonly (keyof typeof shapes)[] = [],
  more: (
    between: Readonly<Record<"convolved" | "sum", Value>>,
  ) => Readonly<Record<string, Value>> = () => ({}),
) =>
  buildGraph(() => {
    const parameters = Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [name, input(name, shape)]),
    ) as Parameters;
    const { filter, bias, mean, variance, scale, shift } = parameters;
    const convolved = convolution(images, filter, { padding: 1, stride: 2 });
    const sum = addBias(convolved, bias);
    const statistics = { mean, variance };
    const y = relu(batchNormalization(sum, statistics, scale, shift, 0.25));
    return {
      outputs: { y, ...more({ convolved, sum }) },
      state: Object.fromEntries(
        Object.entries(parameters).filter(([name]) =>
          !fed.includes(name as keyof typeof shapes)
        ),
      ),
    };
  });

const resultOf = (graph: Graph) => {
  const random = draws(1, "fold");
  const [x, ...state] = [["images", images.shape], ...Object.entries(shapes)]
    .map(([name, shape]) => {
      const tensor = floatTensor(shape as readonly number[]);
      for (const i of tensor.data.keys()) {
        tensor.data[i] = name === "variance"
          ? random.uniform()
          : random.normal();
      }
      return [name, tensor] as const;
    });
  return Effect.map(
    interpret(graph, Object.fromEntries([x!]), Object.fromEntries(state)),
    ({ outputs }) => outputs["y"]!.data,
  );
};

effectTest(
  "foldNormalization() normalises filter and bias instead of the maps, with " +
    "the same results",
  () =>
    Effect.gen(function* () {
      const graph = yield* block();
      const folded = foldNormalization(graph);
      assert.match(describe(graph), /batchNormalization/);
      assert.doesNotMatch(describe(folded), /batchNormalization/);
      const [actual, expected] = [
        yield* resultOf(folded),
        yield* resultOf(graph),
      ];
      assert.ok(expected.some((value) => value > 1));
      assertClose(actual, expected, 1e-5, "y");
    }),
);

effectTest(
  "foldNormalization() leaves a graph alone that shows the maps or changes " +
    "what it would fold",
  () =>
    Effect.gen(function* () {
      const names = Object.keys(shapes) as (keyof typeof shapes)[];
      const others = [
        ...yield* Effect.forEach(names, (name) => block([name])),
        yield* block([], ({ convolved }) => ({ convolved })),
        yield* block([], ({ sum }) => ({ sum })),
      ];
      for (const graph of others) {
        assert.equal(foldNormalization(graph), graph);
      }
    }),
);

effectTest(
  "constantValues() are computed of constants and state that never changes",
  () =>
    Effect.gen(function* () {
      const names = ["x", "fixed", "changing"];
      const [x, fixed, changing] = names.map((name) => input(name, [2])) as [
        Value,
        Value,
        Value,
      ];
      const doubled = add(fixed, fixed);
      const graph = yield* buildGraph(() => ({
        outputs: { y: add(add(doubled, 1), add(x, changing)) },
        state: { fixed, changing: { current: changing, next: x } },
      }));
      const constants = constantValues(graph, topologicalOrder(graph));
      assert.ok(constants.has(fixed) && constants.has(doubled));
      assert.ok(constants.has(graph.outputs["y"]!.inputs[0]!));
      for (const value of [x, changing, graph.outputs["y"]!]) {
        assert.ok(!constants.has(value));
      }
    }),
);
