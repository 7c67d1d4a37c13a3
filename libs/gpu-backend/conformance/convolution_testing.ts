/**
 * Conformance of every executor: convolutions and their gradients.
 *
 * @module
 */
import {
  addBias,
  convolution,
  convolutionFilterGradient,
  convolutionInputGradient,
} from "@deepcluster/graph";
import { type Maker, type OperatorCase, operatorCase } from "../testing.ts";

interface Limits {
  readonly channels: readonly [number, number];
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  readonly groups: number;
}

/** A convolution of random geometry with both of its gradients. */
const randomConvolution = (limits: Limits) => (maker: Maker) => {
  const { between, floats } = maker;
  const pair = (low: number, high: number) =>
    [between(low, high), between(low, high)] as const;
  const geometry = {
    stride: pair(1, limits.stride),
    padding: pair(0, limits.padding),
    dilation: pair(1, limits.dilation),
    groups: between(1, limits.groups),
  };
  const kernel = pair(1, limits.kernel);
  const size = [0, 1].map((axis) =>
    Math.max(
      1,
      geometry.dilation[axis]! * (kernel[axis]! - 1) + 1 -
        2 * geometry.padding[axis]!,
    ) + between(0, 7)
  );
  const channels = between(...limits.channels);
  const filterShape = [
    geometry.groups * between(1, 3),
    channels,
    ...kernel,
  ];
  const imageShape = [between(1, 3), geometry.groups * channels, ...size];
  const x = floats("x", imageShape);
  const filter = floats("filter", filterShape);
  const y = convolution(x, filter, geometry);
  const dy = floats("dy", y.shape);
  return {
    y,
    biased: addBias(
      convolution(x, filter, geometry),
      floats("bias", [filterShape[0]!]),
    ),
    dx: convolutionInputGradient(filter, dy, imageShape, geometry),
    df: convolutionFilterGradient(x, dy, filterShape, geometry),
  };
};

/** Cases of convolutions and their gradients. */
export const convolutionCases: readonly OperatorCase[] = [
  operatorCase(
    "convolution and its gradients of any geometry equal the reference's",
    30,
    randomConvolution({
      channels: [1, 4],
      kernel: 4,
      stride: 3,
      padding: 3,
      dilation: 3,
      groups: 3,
    }),
  ),

  operatorCase(
    "filter gradients by one product a tap equal the reference's",
    20,
    randomConvolution({
      channels: [10, 12],
      kernel: 3,
      stride: 3,
      padding: 2,
      dilation: 2,
      groups: 2,
    }),
  ),

  operatorCase(
    "gradients of convolutions that step by 1 equal the reference's",
    20,
    randomConvolution({
      channels: [1, 4],
      kernel: 5,
      stride: 1,
      padding: 4,
      dilation: 2,
      groups: 2,
    }),
  ),

  operatorCase(
    "convolutions over whole blocks of channels and their gradients equal the " +
      "reference's",
    12,
    ({ between, floats }) => {
      const pair = (low: number, high: number) =>
        [between(low, high), between(low, high)] as const;
      const geometry = {
        stride: pair(1, 2),
        padding: pair(0, 2),
        dilation: pair(1, 2),
      };
      const [c, f] = [16 * between(1, 2), 16 * between(1, 3)];
      const shape = [2, c, 6 + between(0, 3), 5 + between(0, 3)];
      const x = floats("x", shape);
      const filter = floats("filter", [f, c, ...pair(1, 3)]);
      const y = convolution(x, filter, geometry);
      const dy = floats("dy", y.shape);
      return {
        y: addBias(y, floats("bias", [f])),
        dx: convolutionInputGradient(filter, dy, shape, geometry),
        df: convolutionFilterGradient(x, dy, filter.shape, geometry),
      };
    },
  ),

  operatorCase(
    "convolutions of 3, 6 and 9 channels, or of 5 and 6 filters a group, and " +
      "their gradients equal the reference's",
    8,
    ({ between, floats }) => {
      const groups = between(1, 2);
      const channels = 3 * between(1, 3);
      const filters = groups === 1 ? 4 * between(1, 3) : between(5, 6);
      const geometry = { padding: between(0, 1), groups };
      const shape = [3 * between(1, 3), groups * channels, 5, 4];
      const x = floats("x", shape);
      const filter = floats("filter", [groups * filters, channels, 3, 2]);
      const y = convolution(x, filter, geometry);
      const dy = floats("dy", y.shape);
      const bias = floats("bias", [groups * filters]);
      return {
        y: addBias(y, bias),
        dx: convolutionInputGradient(filter, dy, shape, geometry),
        df: convolutionFilterGradient(x, dy, filter.shape, geometry),
      };
    },
  ),
];
