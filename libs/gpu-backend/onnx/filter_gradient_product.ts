/**
 * The gradient of a convolution with respect to its filter as one product of
 * matrices: what each tap of the filter sees of the images, times `dy`.
 *
 * Images lie as `[c * h * w, n]`, so that what a tap sees is made of rows of
 * the batch, and one `Gather` copies them for all taps. Threads share that, as
 * they do not share a `Slice` or a `Pad`.
 *
 * @module
 */
import { floatTensor, intTensor, sizeOf } from "@deepcluster/core";
import type { Lowering, ValueOf } from "./lowering.ts";

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
  const { filterShape } = value.operator;
  const [x, dy] = value.inputs;
  const [n] = x!.shape;
  const [filters] = filterShape;
  const seen = to.node("Gather", [
    withZeros(batchLast(to.tensor(x!), n!, to), n!, value, to),
    rowsOfTaps(value, to),
  ]);
  const columns = sizeOf(filterShape.slice(1));
  const taps = to.node("Reshape", [seen, to.integers([columns, -1])]);
  const gradients = to.node("Reshape", [
    batchLast(to.tensor(dy!), n!, to),
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

/** `[n, …]` as `[…, n]`, all other axes as one. */
const batchLast = (tensor: string, n: number, to: Lowering): string =>
  to.node("Transpose", [to.node("Reshape", [tensor, to.integers([n, -1])])], {
    perm: { ints: [1, 0] },
  });

/** The images with a row of zeros behind them, where taps reach into padding. */
const withZeros = (
  images: string,
  n: number,
  { operator: { geometry } }: FilterGradient,
  to: Lowering,
): string =>
  geometry.padding.every((zeros) => zeros === 0) ? images : to.node("Concat", [
    images,
    to.constant(`zeros of ${n} images`, () => floatTensor([1, n])),
  ], { axis: { i: 0 } });

/** Which row each tap sees at each place of `dy`, tap after tap. */
const rowsOfTaps = (value: FilterGradient, to: Lowering): string => {
  const { geometry, filterShape } = value.operator;
  const [x, dy] = value.inputs;
  const shapes = [x!.shape, filterShape, dy!.shape].map((shape) =>
    shape.slice(1).join("x")
  );
  const name = `rows of taps ${shapes.join(" ")} ${JSON.stringify(geometry)}`;
  return to.constant(name, () => {
    const [, channels, height, width] = x!.shape;
    const zeros = channels! * height! * width!;
    const down = reaches(value, 0);
    const across = reaches(value, 1);
    const rows = Array.from(
      { length: channels! },
      (_, channel) =>
        down.map((ys) =>
          across.map((xs) =>
            ys.map((y) =>
              xs.map((x) =>
                y < 0 || x < 0 ? zeros : (channel * height! + y) * width! + x
              )
            )
          )
        ),
    );
    const flat = Int32Array.from(rows.flat(4));
    return intTensor([flat.length], flat);
  });
};

/** For every tap along an axis what it sees at each place; -1 in padding. */
const reaches = (
  { operator: { geometry, filterShape }, inputs: [x, dy] }: FilterGradient,
  axis: 0 | 1,
): readonly (readonly number[])[] => {
  const { stride, padding, dilation } = geometry;
  const size = x!.shape[axis + 2]!;
  return Array.from(
    { length: filterShape[axis + 2]! },
    (_, tap) =>
      Array.from({ length: dy!.shape[axis + 2]! }, (_, place) => {
        const seen = place * stride[axis] + tap * dilation[axis] -
          padding[axis];
        return seen < size ? seen : -1;
      }),
  );
};
