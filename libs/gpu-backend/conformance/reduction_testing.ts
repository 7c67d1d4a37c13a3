/**
 * Conformance of every executor: reductions.
 *
 * @module
 */
import {
  argMax,
  convolution,
  multiply,
  reduceMax,
  reduceMean,
  reduceSum,
} from "@deepcluster/graph";
import { type OperatorCase, operatorCase } from "../testing.ts";

/** Cases of reductions. */
export const reductionCases: readonly OperatorCase[] = [
  operatorCase(
    "reductions over any axes equal the reference's",
    20,
    ({ between, floats }) => {
      const shape = Array.from({ length: between(0, 5) }, () => between(1, 5));
      const x = floats("x", shape);
      const options = {
        axes: shape.flatMap((_, axis) => between(0, 1) === 0 ? [axis] : []),
        keepDimensions: between(0, 1) === 0,
      };
      return {
        sum: reduceSum(x, options),
        mean: reduceMean(x, options),
        max: reduceMax(x, options),
        all: reduceSum(x),
      };
    },
  ),

  operatorCase(
    "reductions of images of as many channels as rows equal the reference's",
    4,
    ({ between, floats }) => {
      const images = convolution(
        floats("images", [4, 4, 4, 4]),
        floats("filter", [4, 4, 3, 3]),
        { padding: 1 },
      );
      const axes = [0, 1, 2, 3].filter((axis) => axis !== between(0, 4));
      const options = { axes, keepDimensions: between(0, 1) === 0 };
      return {
        sum: reduceSum(images, options),
        mean: reduceMean(images, options),
        max: reduceMax(images, options),
        scaled: multiply(
          images,
          reduceMax(images, {
            axes: [0, 2, 3],
            keepDimensions: true,
          }),
        ),
      };
    },
  ),

  operatorCase(
    "argMax along any axis gives the first of equals as the reference's",
    10,
    ({ between, floats }) => {
      const shape = Array.from({ length: between(1, 4) }, () => between(1, 6));
      const x = floats("x", shape, (x) => Math.round(2 * x));
      return { where: argMax(x, between(0, shape.length - 1)) };
    },
  ),
];
