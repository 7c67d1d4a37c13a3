/**
 * The gradient of a convolution with respect to its filter as one product of
 * matrices: what each tap of the filter sees of the images, times `dy`.
 *
 * @module
 */
import { sizeOf } from "@deepcluster/core";
import type { Lowering, ValueOf } from "./lowering.ts";
import { batchLast, seenByTaps } from "./taps.ts";

type FilterGradient = ValueOf<"convolutionFilterGradient">;

/**
 * Tells whether the matrix of what all taps see is small enough to be worth
 * its memory, and the filter has no groups.
 *
 * @param value The gradient.
 * @returns True when {@link filterGradientByOneProduct} should compute it.
 */
export const isOneProduct = (
  { operator: { geometry, filterShape }, inputs: [, dy] }: FilterGradient,
): boolean => {
  const [n, , height, width] = dy!.shape;
  const columns = sizeOf(filterShape.slice(1));
  return geometry.groups === 1 &&
    columns * n! * height! * width! <= largestMatrix;
};

/** 32 MiB of floats. */
const largestMatrix = 2 ** 23;

/**
 * Adds the nodes of a filter gradient by one product.
 *
 * @param value The gradient, without groups.
 * @param to Where it is lowered to.
 * @returns Name of the gradient.
 */
export const filterGradientByOneProduct = (
  value: FilterGradient,
  to: Lowering,
): string => {
  const { filterShape, geometry } = value.operator;
  const [x, dy] = value.inputs;
  const [filters] = filterShape;
  const of = { x: x!, filterShape, results: dy!.shape, geometry };
  const seen = seenByTaps(of, "tapsFirst", to);
  const columns = sizeOf(filterShape.slice(1));
  const taps = to.node("Reshape", [seen, to.integers([columns, -1])]);
  const gradients = to.node("Reshape", [
    batchLast(dy!, to),
    to.integers([filters!, -1]),
  ]);
  const product = (a: string, b: string) =>
    to.node("Gemm", [a, b], { transB: { i: 1 } });
  // Threads share the longer side. If that were the columns of the product,
  // the order of its sums would depend on how many of them a thread has.
  if (filters! >= columns) {
    return to.node("Reshape", [
      product(gradients, taps),
      to.integers(filterShape),
    ]);
  }
  // One matrix of a batch: ONNX Runtime would make a Gemm with a transposition
  // behind it one with the factors swapped, which takes half as long again.
  const batch = to.node("Reshape", [
    product(taps, gradients),
    to.integers([1, columns, filters!]),
  ]);
  const byFilter = to.node("Transpose", [batch], { perm: { ints: [0, 2, 1] } });
  return to.node("Reshape", [byFilter, to.integers(filterShape)]);
};
