import { sizeOf } from "@deepcluster/core";
import { broadcast, reshape, transpose } from "@deepcluster/graph";
import { Effect } from "effect";
import { equalsReferenceTest } from "../testing.ts";

equalsReferenceTest(
  "reshape, broadcast and transpose of floats and integers equal the " +
    "reference's",
  12,
  ({ between, floats, integers, random }) =>
    Effect.gen(function* () {
      const shape = Array.from({ length: between(0, 4) }, () => between(1, 4));
      const x = floats("x", shape);
      const labels = integers("labels", shape, -5, 5);
      const permutation = [
        ...random.shuffle(Int32Array.from(shape, (_, axis) => axis)),
      ];
      return {
        flat: yield* reshape(x, [sizeOf(shape)]),
        same: yield* reshape(x, shape),
        flatLabels: yield* reshape(labels, [1, -1]),
        turned: yield* transpose(x, permutation),
        turnedLabels: yield* transpose(labels, permutation),
        spread: yield* broadcast(x, [3, ...shape]),
        alike: yield* broadcast(x, shape),
        spreadLabels: yield* broadcast(
          yield* reshape(labels, [...shape, 1]),
          [...shape, 2],
        ),
      };
    }),
);
