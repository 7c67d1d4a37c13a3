/**
 * Conformance of every executor: gradients clipped by their norm.
 *
 * @module
 */
import { clipByNorm, gradients, reduceSum, sigmoid } from "@deepcluster/graph";
import { type OperatorCase, operatorCase } from "../testing.ts";

/** Cases of gradients clipped by their norm. */
export const clippingCases: readonly OperatorCase[] = [
  operatorCase(
    "clipped gradients and their norm equal the reference's",
    6,
    ({ floats, between }) => {
      const size = 10 ** between(-2, 3);
      const scaled = (normal: number) => size * normal;
      const [rows, columns] = [between(1, 40), between(1, 300)];
      const { gradients: clipped, norm } = clipByNorm([
        floats("matrix", [rows, columns], scaled),
        floats("filter", [3, 2, 3, 3], scaled),
        floats("scalar", [], scaled),
      ], 10);
      return {
        norm,
        ...Object.fromEntries(
          clipped.map((value, i) => [`clipped ${i}`, value]),
        ),
      };
    },
  ),

  operatorCase(
    "gradients of a loss, clipped in the same graph, equal the reference's",
    4,
    ({ floats }) => {
      const x = floats("x", [7, 5]);
      const loss = reduceSum(sigmoid(x));
      const found = gradients(loss, [x]);
      const { gradients: [clipped], norm } = clipByNorm(found, 0.5);
      return { clipped: clipped!, norm };
    },
  ),
];
