import { effectTest } from "@deepcluster/test";
import { Effect, Exit } from "effect";
import { describe } from "./describe.ts";
import { add, multiply, relu } from "./elementwise.ts";
import { ShapeError } from "./errors.ts";
import { buildGraph, topologicalOrder, validate } from "./graph.ts";
import { input } from "./leaves.ts";
import { linear } from "./linear_algebra.ts";
import assert from "node:assert/strict";

effectTest(
  "buildGraph() feeds every input that is not state",
  () =>
    Effect.gen(function* () {
      const x = input("x", [8, 4]);
      const labels = input("labels", [8], "int32");
      const weight = input("weight", [2, 4]);
      const unused = input("unused", [3]);
      const outputs = { y: linear(x, weight), labels };
      const graph = yield* buildGraph(() => ({
        outputs,
        state: { weight, unused },
      }));
      assert.deepEqual(graph.inputs, { x, labels });
      assert.deepEqual(graph.state, {
        weight: { current: weight },
        unused: { current: unused },
      });
      assert.equal(graph.outputs, outputs);
    }),
);

effectTest(
  "buildGraph() finds inputs that only the next state needs",
  () =>
    Effect.gen(function* () {
      const count = input("count", []);
      const step = input("step", []);
      const next = add(count, step);
      const graph = yield* buildGraph(() => ({
        outputs: {},
        state: { count: { current: count, next } },
      }));
      assert.deepEqual(Object.keys(graph.inputs), ["step"]);
    }),
);

effectTest(
  "buildGraph() refuses two inputs of one name",
  () =>
    Effect.gen(function* () {
      const y = add(input("x", [2]), input("x", [1]));
      const error = yield* Effect.flip(buildGraph(() => ({ outputs: { y } })));
      assert.equal(
        error.message,
        "Cannot use x in a graph as every name must belong to one value: " +
          "current values are input x=[2], input x=[1]",
      );
    }),
);

effectTest(
  "buildGraph() refuses state that is no input",
  () =>
    Effect.gen(function* () {
      const y = relu(input("x", [2]));
      const error = yield* Effect.flip(
        buildGraph(() => ({ outputs: { y }, state: { y } })),
      );
      assert.equal(
        error.message,
        "Cannot use y in a graph as the current value of state must be an " +
          "input: current values are relu=[2]",
      );
    }),
);

effectTest(
  "buildGraph() refuses state under another name than its input's",
  () =>
    Effect.gen(function* () {
      const x = input("x", [2]);
      const error = yield* Effect.flip(
        buildGraph(() => ({ outputs: { x }, state: { weight: x } })),
      );
      assert.equal(
        error.message,
        "Cannot use weight in a graph as state must have the name of its " +
          "input: current values are input x=[2]",
      );
    }),
);

effectTest(
  "buildGraph() refuses a next value of another shape",
  () =>
    Effect.gen(function* () {
      const current = input("w", [1]);
      const next = add(current, input("g", [2]));
      const error = yield* Effect.flip(
        buildGraph(() => ({ outputs: {}, state: { w: { current, next } } })),
      );
      assert.equal(
        error.message,
        "Cannot use w in a graph as the next value of state must have its " +
          "shape and type: current values are input w=[1], add=[2]",
      );
    }),
);

effectTest(
  "buildGraph() fails with what an operator refuses, before anything is built",
  () =>
    Effect.gen(function* () {
      let after = false;
      const build = buildGraph(() => {
        const y = add(input("x", [2]), input("z", [3]));
        after = true;
        return { outputs: { y } };
      });
      const error = yield* Effect.flip(build);
      assert.equal(error._tag, "ShapeError");
      assert.equal(
        error.message,
        "Cannot apply add as sizes must be equal or 1 on every axis, counted " +
          "from the last: current values are a=[2], b=[3]",
      );
      assert.equal(after, false);
    }),
);

effectTest(
  "buildGraph() does not take other exceptions for its errors",
  () =>
    Effect.gen(function* () {
      const thrown = new TypeError("no rule of a graph");
      const exit = yield* Effect.exit(buildGraph(() => {
        throw thrown;
      }));
      assert.deepEqual(exit, Exit.die(thrown));
    }),
);

effectTest(
  "an operator outside of buildGraph() throws its ShapeError where it is called",
  () =>
    Effect.sync(() => {
      assert.throws(
        () => add(input("x", [2]), input("z", [3])),
        (error: Error) =>
          error instanceof ShapeError &&
          error.message.startsWith("Cannot apply add as sizes must be equal") &&
          error.stack!.includes("graph_test.ts"),
      );
    }),
);

effectTest(
  "validate() names an input that is neither fed nor kept",
  () =>
    Effect.gen(function* () {
      const y = relu(input("x", [2]));
      const graph = { inputs: {}, state: {}, outputs: { y } };
      const error = yield* Effect.flip(validate(graph));
      assert.equal(
        error.message,
        "Cannot use x in a graph as every input must be fed or kept as state: " +
          "current values are input x=[2]",
      );
    }),
);

effectTest(
  "validate() refuses a name that is both fed and kept",
  () =>
    Effect.gen(function* () {
      const x = input("x", [2]);
      const graph = {
        inputs: { x },
        state: { x: { current: x } },
        outputs: {},
      };
      const error = yield* Effect.flip(validate(graph));
      assert.equal(error.reason, "twice");
    }),
);

effectTest(
  "topologicalOrder() puts each value once, after its inputs",
  () =>
    Effect.gen(function* () {
      const x = input("x", [2]);
      let y = x;
      for (let i = 0; i < 20; i++) y = multiply(y, add(y, y));
      const order = topologicalOrder(
        yield* buildGraph(() => ({ outputs: { y } })),
      );
      assert.equal(order.length, 41);
      order.forEach((value, i) =>
        value.inputs.forEach((operand) =>
          assert.ok(order.slice(0, i).includes(operand))
        )
      );
    }),
);

effectTest(
  "topologicalOrder() follows chains of 100 000 values",
  () =>
    Effect.gen(function* () {
      let y = input("x", [1]);
      for (let i = 0; i < 100_000; i++) {
        y = { ...y, operator: { type: "relu" }, inputs: [y] };
      }
      assert.equal(
        topologicalOrder(yield* buildGraph(() => ({ outputs: { y } }))).length,
        100_001,
      );
    }),
);

effectTest(
  "describe() lists values, outputs and changing state",
  () =>
    Effect.gen(function* () {
      const x = input("x", [8, 4]);
      const weight = input("weight", [2, 4]);
      const y = linear(x, weight);
      const next = multiply(weight, 0.5);
      const graph = yield* buildGraph(() => ({
        outputs: { y },
        state: {
          weight: { current: weight, next },
        },
      }));
      assert.equal(
        describe(graph),
        [
          "%0 [8, 4] = input(name=x)",
          "%1 [2, 4] = input(name=weight)",
          "%2 [8, 2] = matmul(%0, %1, transposeA=false, transposeB=true)",
          "%3 [] = constant(value=0.5)",
          "%4 [2, 4] = multiply(%1, %3)",
          "output y = %2",
          "state weight = %4",
        ].join("\n"),
      );
    }),
);
