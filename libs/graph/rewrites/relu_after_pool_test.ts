import { draws, floatTensor } from "@deepcluster/core";
import { describe } from "../describe.ts";
import { multiply, relu } from "../elementwise.ts";
import { buildGraph } from "../graph.ts";
import { input } from "../leaves.ts";
import { maxPool } from "../pooling.ts";
import { reduceSum } from "../reduction.ts";
import { interpret } from "../reference.ts";
import { trainingStep } from "../training_step.ts";
import type { Graph, Value } from "../value.ts";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { reluAfterPool } from "./relu_after_pool.ts";
import assert from "node:assert/strict";

const shape = [2, 3, 6, 6];

/** A step on `x` with one way from what is rectified to the loss. */
const stepOn = (
  pooled: (rectified: Value) => Value,
  outputs: (rectified: Value) => Readonly<Record<string, Value>> = () => ({}),
) =>
  buildGraph(() => {
    const x = input("x", shape);
    const rectified = relu(multiply(x, 2));
    const y = pooled(rectified);
    return trainingStep({
      loss: reduceSum(multiply(y, y)),
      groups: [{ parameters: { x }, learningRate: input("learningRate", []) }],
      outputs: { y, ...outputs(rectified) },
    });
  });

const source = draws(3, "x");
const numbers = Float32Array.from({ length: 216 }, () => source.integer(4) - 2);

const resultsOf = (graph: Graph) =>
  interpret(
    graph,
    { learningRate: floatTensor([], Float32Array.of(0.125)) },
    { x: floatTensor(shape, numbers) },
  );

/** Shapes of the results of an operator. */
const shapesOf = (graph: Graph, operator: string) =>
  [...describe(graph).matchAll(/(\[[\d, ]*\]) = (\w+)\(/g)]
    .flatMap(([, shape, name]) => name === operator ? [shape] : []);

effectTest(
  "reluAfterPool() rectifies what was pooled, with the same results",
  () =>
    Effect.gen(function* () {
      for (const options of [{ kernel: 2 }, { kernel: 3, stride: 2 }]) {
        const graph = yield* stepOn((rectified) => maxPool(rectified, options));
        const rewritten = reluAfterPool(graph);
        const pooled = shapesOf(graph, "maxPool");
        assert.deepEqual(shapesOf(rewritten, "relu"), pooled);
        assert.deepEqual(shapesOf(rewritten, "reluGradient"), pooled);
        assert.deepEqual(yield* resultsOf(rewritten), yield* resultsOf(graph));
      }
    }),
);

effectTest(
  "reluAfterPool() leaves a graph alone that shows what was rectified",
  () =>
    Effect.gen(function* () {
      const pool = (rectified: Value) => maxPool(rectified, { kernel: 2 });
      const shown = yield* stepOn(pool, (rectified) => ({ rectified }));
      assert.equal(reluAfterPool(shown), shown);
      const twice = yield* stepOn((rectified) =>
        multiply(
          pool(rectified),
          maxPool(rectified, { kernel: 3, stride: 2, padding: 1 }),
        )
      );
      assert.equal(reluAfterPool(twice), twice);
      const alone = yield* buildGraph(() => ({
        outputs: { y: pool(relu(input("x", shape))) },
      }));
      assert.equal(reluAfterPool(alone), alone);
    }),
);
