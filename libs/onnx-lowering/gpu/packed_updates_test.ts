import {
  add,
  buildGraph,
  input,
  multiply,
  subtract,
  type Value,
} from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { lower } from "../lower.ts";
import assert from "node:assert/strict";

/** Operators by which vectors of these sizes are replaced on a GPU. */
const operatorsFor = Effect.fnUntraced(function* (
  sizes: readonly number[],
  next: (vector: Value, i: number) => Value,
) {
  const graph = yield* buildGraph(() => ({
    outputs: {},
    state: Object.fromEntries(sizes.map((size, i) => {
      const current = input(`vector ${i}`, [size]);
      return [`vector ${i}`, { current, next: next(current, i) }];
    })),
  }));
  return lower(graph, {}, { onGpu: true }).model.nodes
    .map(({ operator }) => operator);
});

const rate = input("rate", []);

effectTest(
  "vectors that are replaced alike are replaced together, by sevens at most",
  () =>
    Effect.gen(function* () {
      const slope = (vector: Value, i: number) =>
        input(`slope ${i}`, vector.shape);
      const step = (vector: Value, i: number) =>
        subtract(vector, multiply(slope(vector, i), rate));
      const together = ["Concat", "Concat", "Mul", "Sub", "Split"];
      assert.deepEqual(
        (yield* operatorsFor([3, 5, 4], step)).toSorted(),
        together.toSorted(),
      );
      assert.deepEqual(
        (yield* operatorsFor(new Array(14).fill(2), step)).toSorted(),
        [...together, ...together].toSorted(),
      );
    }),
);

effectTest(
  "numbers may differ from vector to vector, scalars and operators may not",
  () =>
    Effect.gen(function* () {
      assert.deepEqual(
        yield* operatorsFor([2, 3, 4], (vector, i) => multiply(vector, i + 2)),
        ["Concat", "Mul", "Split"],
      );
      assert.deepEqual(
        yield* operatorsFor(
          [2, 3, 4],
          (vector, i) => multiply(vector, input(`rate ${i}`, [])),
        ),
        ["Mul", "Mul", "Mul"],
      );
      assert.deepEqual(
        yield* operatorsFor(
          [2, 3, 4],
          (vector, i) => i === 0 ? add(vector, rate) : multiply(vector, rate),
        ),
        ["Add", "Mul", "Mul"],
      );
    }),
);

effectTest(
  "two vectors, and long ones, are replaced by themselves",
  () =>
    Effect.gen(function* () {
      const half = (vector: Value) => multiply(vector, 0.5);
      assert.deepEqual(yield* operatorsFor([2, 3], half), ["Mul", "Mul"]);
      assert.deepEqual(
        yield* operatorsFor([2 ** 17, 2 ** 17, 2 ** 17], half),
        ["Mul", "Mul", "Mul"],
      );
    }),
);
