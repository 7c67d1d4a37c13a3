import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { describe } from "./describe.ts";
import { add, multiply, relu } from "./elementwise.ts";
import { graphOf, topologicalOrder, validate } from "./graph.ts";
import { input } from "./leaves.ts";
import { linear } from "./linear_algebra.ts";
import assert from "node:assert/strict";

effectTest(
  "graphOf() feeds every input that is not state",
  () =>
    Effect.gen(function* () {
      const x = yield* input("x", [8, 4]);
      const labels = yield* input("labels", [8], "int32");
      const weight = yield* input("weight", [2, 4]);
      const unused = yield* input("unused", [3]);
      const outputs = { y: yield* linear(x, weight), labels };
      const graph = yield* graphOf(outputs, { weight, unused });
      assert.deepEqual(graph.inputs, { x, labels });
      assert.deepEqual(graph.state, {
        weight: { current: weight },
        unused: { current: unused },
      });
      assert.equal(graph.outputs, outputs);
    }),
);

effectTest(
  "graphOf() finds inputs that only the next state needs",
  () =>
    Effect.gen(function* () {
      const count = yield* input("count", []);
      const step = yield* input("step", []);
      const next = yield* add(count, step);
      const graph = yield* graphOf({}, { count: { current: count, next } });
      assert.deepEqual(Object.keys(graph.inputs), ["step"]);
    }),
);

effectTest(
  "graphOf() refuses two inputs of one name",
  () =>
    Effect.gen(function* () {
      const y = yield* add(yield* input("x", [2]), yield* input("x", [1]));
      const error = yield* Effect.flip(graphOf({ y }));
      assert.equal(
        error.message,
        "Cannot use x in a graph as every name must belong to one value: " +
          "current values are input x=[2], input x=[1]",
      );
    }),
);

effectTest(
  "graphOf() refuses state that is no input",
  () =>
    Effect.gen(function* () {
      const y = yield* relu(yield* input("x", [2]));
      const error = yield* Effect.flip(graphOf({ y }, { y }));
      assert.equal(
        error.message,
        "Cannot use y in a graph as the current value of state must be an " +
          "input: current values are relu=[2]",
      );
    }),
);

effectTest(
  "graphOf() refuses state under another name than its input's",
  () =>
    Effect.gen(function* () {
      const x = yield* input("x", [2]);
      const error = yield* Effect.flip(graphOf({ x }, { weight: x }));
      assert.equal(
        error.message,
        "Cannot use weight in a graph as state must have the name of its " +
          "input: current values are input x=[2]",
      );
    }),
);

effectTest(
  "graphOf() refuses a next value of another shape",
  () =>
    Effect.gen(function* () {
      const current = yield* input("w", [1]);
      const next = yield* add(current, yield* input("g", [2]));
      const error = yield* Effect.flip(graphOf({}, { w: { current, next } }));
      assert.equal(
        error.message,
        "Cannot use w in a graph as the next value of state must have its " +
          "shape and type: current values are input w=[1], add=[2]",
      );
    }),
);

effectTest(
  "validate() names an input that is neither fed nor kept",
  () =>
    Effect.gen(function* () {
      const y = yield* relu(yield* input("x", [2]));
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
      const x = yield* input("x", [2]);
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
      const x = yield* input("x", [2]);
      let y = x;
      for (let i = 0; i < 20; i++) y = yield* multiply(y, yield* add(y, y));
      const order = topologicalOrder(yield* graphOf({ y }));
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
      let y = yield* input("x", [1]);
      for (let i = 0; i < 100_000; i++) {
        y = { ...y, operator: { type: "relu" }, inputs: [y] };
      }
      assert.equal(topologicalOrder(yield* graphOf({ y })).length, 100_001);
    }),
);

effectTest(
  "describe() lists values, outputs and changing state",
  () =>
    Effect.gen(function* () {
      const x = yield* input("x", [8, 4]);
      const weight = yield* input("weight", [2, 4]);
      const y = yield* linear(x, weight);
      const next = yield* multiply(weight, 0.5);
      const graph = yield* graphOf({ y }, {
        weight: { current: weight, next },
      });
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
