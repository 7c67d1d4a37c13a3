/**
 * Conformance of every executor: operators that move elements.
 *
 * @module
 */
import { sizeOf } from "@deepcluster/core";
import { broadcast, reshape, transpose } from "@deepcluster/graph";
import { type OperatorCase, operatorCase } from "../testing.ts";

/** Cases of operators that move elements. */
export const shapeCases: readonly OperatorCase[] = [
  operatorCase(
    "reshape, broadcast and transpose of floats and integers equal the " +
      "reference's",
    12,
    ({ between, floats, integers, random }) => {
      const shape = Array.from({ length: between(0, 4) }, () => between(1, 4));
      const x = floats("x", shape);
      const labels = integers("labels", shape, -5, 5);
      const permutation = [
        ...random.shuffle(Int32Array.from(shape, (_, axis) => axis)),
      ];
      return {
        flat: reshape(x, [sizeOf(shape)]),
        same: reshape(x, shape),
        flatLabels: reshape(labels, [1, -1]),
        transposed: transpose(x, permutation),
        transposedLabels: transpose(labels, permutation),
        spread: broadcast(x, [3, ...shape]),
        alike: broadcast(x, shape),
        spreadLabels: broadcast(
          reshape(labels, [...shape, 1]),
          [...shape, 2],
        ),
      };
    },
  ),
];
