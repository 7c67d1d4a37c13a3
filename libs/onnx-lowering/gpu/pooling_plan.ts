/**
 * Which windows of a pooling see which elements.
 *
 * @module
 */
import { intTensor, type Shape, type Tensor } from "@deepcluster/core";
import type { Pooling } from "@deepcluster/graph";

/** Positions in an image and in the result of its pooling. */
export interface PoolingPlan {
  /** Elements that each window sees, int32 `[taps, windows]`. */
  readonly elements: Tensor;
  /** Windows that see each element, int32 `[most, elements]`. */
  readonly windows: Tensor;
}

/**
 * Lists who sees whom.
 *
 * What is missing is filled so that it changes nothing: a tap in the padding
 * by another element of its window, a window by one that does not see the
 * element and so cannot have its maximum there.
 *
 * @param image Rows and columns of the image.
 * @param result Rows and columns of the result.
 * @param geometry The pooling's.
 * @returns See {@link PoolingPlan}.
 */
export const planOf = (
  image: Shape,
  result: Shape,
  { kernel, stride, padding }: Pooling,
): PoolingPlan => {
  const [size, count] = [image, result].map(([height, width]) =>
    height! * width!
  ) as [number, number];
  const seen: number[][] = [];
  const seeing: number[][] = Array.from({ length: size }, () => []);
  for (let window = 0; window < count; window++) {
    const at = [Math.floor(window / result[1]!), window % result[1]!];
    const [ys, xs] = [0, 1].map((axis) =>
      Array.from(
        { length: kernel[axis]! },
        (_, tap) => at[axis]! * stride[axis]! - padding[axis]! + tap,
      ).filter((place) => place >= 0 && place < image[axis]!)
    );
    const elements = ys!.flatMap((y) => xs!.map((x) => y * image[1]! + x));
    seen.push(elements);
    for (const element of elements) seeing[element]!.push(window);
  }
  const most = Math.max(...seeing.map(({ length }) => length));
  return {
    elements: table(kernel[0] * kernel[1], seen, ([first]) => first!),
    windows: table(most, seeing, (known) => {
      const other = seen.findIndex((_, window) => !known.includes(window));
      return Math.max(0, other);
    }),
  };
};

/** Lists as columns of so many rows, the missing ones filled. */
const table = (
  rows: number,
  lists: readonly (readonly number[])[],
  fill: (list: readonly number[]) => number,
) => {
  const columns = lists.length;
  const data = new Int32Array(rows * columns);
  for (const [column, list] of lists.entries()) {
    const rest = list.length < rows ? fill(list) : 0;
    for (let row = 0; row < rows; row++) {
      data[row * columns + column] = list[row] ?? rest;
    }
  }
  return intTensor([rows, columns], data);
};
