import { matmul } from "@deepcluster/graph";
import { Effect } from "effect";
import { equalsReferenceTest } from "../testing.ts";

equalsReferenceTest(
  "matmul with either factor transposed equals the reference's",
  8,
  ({ between, floats }) =>
    Effect.gen(function* () {
      const [m, k, n] = [between(1, 9), between(1, 40), between(1, 9)];
      const [a, turnedA] = [floats("a", [m, k]), floats("turnedA", [k, m])];
      const [b, turnedB] = [floats("b", [k, n]), floats("turnedB", [n, k])];
      return {
        plain: yield* matmul(a, b),
        left: yield* matmul(turnedA, b, { transposeA: true }),
        right: yield* matmul(a, turnedB, { transposeB: true }),
        both: yield* matmul(turnedA, turnedB, {
          transposeA: true,
          transposeB: true,
        }),
      };
    }),
);
