/**
 * Conformance of every executor: pooling.
 *
 * @module
 */
import {
  averagePool,
  averagePoolGradient,
  maxPool,
  maxPoolGradient,
  relu,
  reluGradient,
} from "@deepcluster/graph";
import { type Maker, type OperatorCase, operatorCase } from "../testing.ts";

const randomPooling = ({ between }: Maker) => {
  const kernel = [between(1, 4), between(1, 4)] as const;
  const padding = kernel.map((size) => between(0, Math.floor(size / 2)));
  const shape = [
    between(1, 3),
    between(1, 3),
    ...kernel.map((size) => size + between(0, 6)),
  ];
  const geometry = {
    kernel,
    stride: [between(1, 5), between(1, 5)] as const,
    padding: [padding[0]!, padding[1]!] as const,
  };
  return { geometry, shape };
};

/** Cases of pooling. */
export const poolingCases: readonly OperatorCase[] = [
  operatorCase(
    "max-pooling of any geometry, its first maxima and its gradient equal the " +
      "reference's",
    25,
    (maker) => {
      const { geometry, shape } = randomPooling(maker);
      const x = maker.floats("x", shape, Math.round);
      const y = maxPool(x, geometry);
      const dy = maker.floats("dy", y.shape);
      return {
        y,
        dx: maxPoolGradient(x, dy, geometry),
        again: maxPoolGradient(x, y, geometry),
      };
    },
  ),

  operatorCase(
    "max-pooling by windows of 2 x 2 side by side, over even and odd sizes, " +
      "finds the reference's first maxima",
    12,
    (maker) => {
      const { between } = maker;
      const shape = [
        between(1, 3),
        between(1, 3),
        between(2, 9),
        between(2, 9),
      ];
      const x = maker.floats("x", shape, Math.round);
      const y = maxPool(x, { kernel: 2 });
      const dy = maker.floats("dy", y.shape);
      return { y, dx: maxPoolGradient(x, dy, { kernel: 2 }) };
    },
  ),

  operatorCase(
    "what is rectified and then pooled has the reference's gradient, 0 where " +
      "all of a window is 0 or less",
    12,
    (maker) => {
      const { geometry, shape } = randomPooling(maker);
      const x = maker.floats("x", shape, (x) => Math.round(x - 0.5));
      const rectified = relu(x);
      const y = maxPool(rectified, geometry);
      const dy = maker.floats("dy", y.shape);
      return {
        y,
        dx: reluGradient(x, maxPoolGradient(rectified, dy, geometry)),
      };
    },
  ),

  operatorCase(
    "average-pooling of any geometry and its gradient equal the reference's",
    25,
    (maker) => {
      const { geometry, shape } = randomPooling(maker);
      const x = maker.floats("x", shape);
      const y = averagePool(x, geometry);
      const dy = maker.floats("dy", y.shape);
      return { y, dx: averagePoolGradient(dy, shape, geometry) };
    },
  ),

  operatorCase(
    "average-pooling by tiles and its gradient equal the reference's",
    8,
    ({ between, floats }) => {
      const kernel = [between(1, 3), between(1, 3)] as const;
      const shape = [
        2,
        3,
        kernel[0] + between(0, 4),
        kernel[1] + between(0, 4),
      ];
      const y = averagePool(floats("x", shape), { kernel });
      const dy = floats("dy", y.shape);
      return { y, dx: averagePoolGradient(dy, shape, { kernel }) };
    },
  ),
];
