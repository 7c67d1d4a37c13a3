/**
 * Conformance of every executor: products of matrices.
 *
 * @module
 */
import { coarseMatmul, matmul } from "@deepcluster/graph";
import { type OperatorCase, operatorCase } from "../testing.ts";

/** Cases of products of matrices. */
export const linearAlgebraCases: readonly OperatorCase[] = [
  operatorCase(
    "matmul with either factor transposed equals the reference's",
    8,
    ({ between, floats }) => {
      const [m, k, n] = [between(1, 9), between(1, 40), between(1, 9)];
      const [a, transposedA] = [
        floats("a", [m, k]),
        floats("transposedA", [k, m]),
      ];
      const [b, transposedB] = [
        floats("b", [k, n]),
        floats("transposedB", [n, k]),
      ];
      return {
        plain: matmul(a, b),
        left: matmul(transposedA, b, { transposeA: true }),
        right: matmul(a, transposedB, { transposeB: true }),
        both: matmul(transposedA, transposedB, {
          transposeA: true,
          transposeB: true,
        }),
      };
    },
  ),

  operatorCase(
    "coarseMatmul equals the reference's, also where bytes are cut off",
    8,
    ({ between, floats }) => {
      const [m, k, n] = [between(1, 40), between(1, 300), between(1, 70)];
      const a = floats("a", [m, k], (x) => 90 * x);
      const b = floats("b", [k, n], (x) => 90 * x);
      return {
        product: coarseMatmul(a, b),
        narrow: coarseMatmul(a, b, { bits: 7 }),
      };
    },
  ),

  operatorCase(
    "coarseMatmul of the largest bytes overflows nowhere",
    2,
    ({ floats }) => {
      const a = floats("a", [9, 520], () => 127);
      const b = floats("b", [520, 33], () => 127);
      return {
        product: coarseMatmul(a, b),
        narrow: coarseMatmul(a, b, { bits: 7 }),
      };
    },
  ),
];
