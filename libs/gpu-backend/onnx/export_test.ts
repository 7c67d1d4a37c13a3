import { floatTensor } from "@deepcluster/core";
import {
  add,
  buildGraph,
  convolution,
  input,
  multiply,
  relu,
} from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { onnxModelOf } from "./export.ts";
import assert from "node:assert/strict";

/** A convolution with a fixed filter of 3 kB, a counter, an unused value. */
const example = Effect.gen(function* () {
  const x = input("x", [1, 10, 3, 3]);
  const filter = input("features.0.weight", [9, 10, 3, 3]);
  const count = input("count", []);
  const y = relu(convolution(x, filter));
  return yield* buildGraph(() => ({
    outputs: { y, count: multiply(count, 10) },
    state: {
      "features.0.weight": filter,
      count: { current: count, next: add(count, 1) },
    },
  }));
});

effectTest(
  "onnxModelOf() gives a self-contained model with the graph's names",
  () =>
    Effect.gen(function* () {
      const filter = floatTensor([9, 10, 3, 3]);
      filter.data.fill(2);
      const bytes = yield* onnxModelOf(yield* example, {
        "features.0.weight": filter,
      });
      const session = yield* Effect.promise(() =>
        InferenceSession.create(bytes)
      );
      assert.deepEqual(session.inputNames, ["x", "count"]);
      assert.deepEqual(session.outputNames, ["y", "count:2", "next count"]);
      const results = yield* Effect.promise(() =>
        session.run({
          x: new Tensor(new Float32Array(90).fill(1), [1, 10, 3, 3]),
          count: new Tensor(Float32Array.of(4), []),
        })
      );
      assert.equal(results["y"]!.data[0], 180);
      assert.equal(results["next count"]!.data[0], 5);
      yield* Effect.promise(() => session.release());
    }),
);

effectTest(
  "onnxModelOf() of equal graphs gives equal bytes",
  () =>
    Effect.gen(function* () {
      const state = { "features.0.weight": floatTensor([9, 10, 3, 3]) };
      assert.deepEqual(
        yield* onnxModelOf(yield* example, state),
        yield* onnxModelOf(yield* example, state),
      );
    }),
);

effectTest(
  "onnxModelOf() fails with FeedError when a constant is missing",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(onnxModelOf(yield* example, {}));
      assert.equal(
        error.message,
        "Cannot run the graph as features.0.weight must be [9, 10, 3, 3]: " +
          "current value is absent",
      );
    }),
);
