/**
 * Max-pooling and its gradient for a GPU.
 *
 * ONNX Runtime's provider for WebGPU does not tell where the maxima stand, and
 * sums that scatter are not repeatable on any GPU. So each window's elements
 * are compared with its maximum, the smallest position among the equal ones is
 * the first maximum, and every element takes `dy` of the windows whose first
 * maximum it is.
 *
 * @module
 */
import { intTensor, type Shape } from "@deepcluster/core";
import type { Pooling, Value } from "@deepcluster/graph";
import type { Lowering, Lowerings, ValueOf } from "../lowering.ts";
import { poolingAttributes } from "../pooling.ts";

/** Lowerings of max-pooling and of its gradient. */
export const gpuPoolingLowerings: Lowerings<"maxPool" | "maxPoolGradient"> = {
  maxPool: ({ operator, inputs: [x] }, to) => maxima(x!, operator.geometry, to),
  maxPoolGradient: (value, to) =>
    tiles(value) ? byTiles(value, to) : byPositions(value, to),
};

type Gradient = ValueOf<"maxPoolGradient">;

const maxima = (x: Value, geometry: Pooling, to: Lowering): string =>
  to.once(
    x,
    `maxima ${JSON.stringify(geometry)}`,
    () => to.node("MaxPool", [to.tensor(x)], poolingAttributes(geometry)),
  );

/** Whether every element is in exactly one window. */
const tiles = ({ operator: { geometry }, inputs: [x] }: Gradient): boolean =>
  [0, 1].every((axis) =>
    geometry.kernel[axis] === geometry.stride[axis] &&
    geometry.padding[axis] === 0 &&
    x!.shape[axis + 2]! % geometry.kernel[axis]! === 0
  );

/** Images as `[n * c, rows, kernelHeight, columns, kernelWidth]`. */
const byTiles = (value: Gradient, to: Lowering): string => {
  const { operator: { geometry }, inputs: [x, dy] } = value;
  const [height, width] = geometry.kernel;
  const [n, c, rows, columns] = dy!.shape;
  const reshape = (tensor: string, sizes: Shape) =>
    to.node("Reshape", [tensor, to.integers(sizes)]);
  const perWindow = [n! * c!, rows!, 1, columns!, 1];
  const images = reshape(to.tensor(x!), [
    n! * c!,
    rows!,
    height,
    columns!,
    width,
  ]);
  const isMaximum = to.node("Equal", [
    images,
    reshape(maxima(x!, geometry, to), perWindow),
  ]);
  const area = height * width;
  const taps = to.constant(`taps ${height}x${width}`, () =>
    intTensor(
      [height, 1, width],
      Int32Array.from({ length: area }, (_, tap) => tap),
    ));
  const first = to.node("ReduceMin", [
    to.node("Where", [isMaximum, taps, to.scalar(area, "int32")]),
    to.integers([2, 4]),
  ]);
  const gradient = to.node("Where", [
    to.node("Equal", [first, taps]),
    reshape(to.tensor(dy!), perWindow),
    to.scalar(0),
  ]);
  return reshape(gradient, x!.shape);
};

/** By positions in the image, gathered for the windows and then back. */
const byPositions = (value: Gradient, to: Lowering): string => {
  const { operator: { geometry }, inputs: [x, dy] } = value;
  const [n, c] = x!.shape;
  const { elements, windows } = to.once(
    x!,
    `plan ${key(geometry)}`,
    () => planOf(x!.shape.slice(2), dy!.shape.slice(2), geometry),
  );
  const name = `of ${x!.shape.slice(2).join("x")} by ${key(geometry)}`;
  const rows = (tensor: string) =>
    to.node("Reshape", [tensor, to.integers([n! * c!, -1])]);
  const elementsOfWindows = to.constant(`elements ${name}`, () => elements);
  const windowsOfElements = to.constant(`windows ${name}`, () => windows);
  const size = x!.shape[2]! * x!.shape[3]!;

  const first = to.once(x!, `first maxima ${key(geometry)}`, () => {
    const candidates = to.node("Gather", [
      rows(to.tensor(x!)),
      elementsOfWindows,
    ], { axis: { i: 1 } });
    const most = to.node("Reshape", [
      maxima(x!, geometry, to),
      to.integers([n! * c!, 1, -1]),
    ]);
    return to.node("ReduceMin", [
      to.node("Where", [
        to.node("Equal", [candidates, most]),
        elementsOfWindows,
        to.scalar(size, "int32"),
      ]),
      to.integers([1]),
    ], { keepdims: { i: 0 } });
  });
  const gather = (tensor: string) =>
    to.node("Gather", [tensor, windowsOfElements], { axis: { i: 1 } });
  const own = to.constant(
    `elements of ${size}`,
    () => intTensor([size], Int32Array.from({ length: size }, (_, i) => i)),
  );
  const parts = to.node("Where", [
    to.node("Equal", [gather(first), own]),
    gather(rows(to.tensor(dy!))),
    to.scalar(0),
  ]);
  const sums = windows.shape[0] === 1
    ? parts
    : to.node("ReduceSum", [parts, to.integers([1])]);
  return to.node("Reshape", [sums, to.integers(x!.shape)]);
};

const key = ({ kernel, stride, padding }: Pooling): string =>
  [kernel, stride, padding].map((pair) => pair.join("x")).join(" ");

/**
 * Which elements each window sees, `[taps, windows]`, and which windows see
 * each element, `[most, elements]`.
 *
 * What is missing is filled so that it changes nothing: a tap in the padding
 * by another element of its window, a window by one that does not see the
 * element and so cannot have its maximum there.
 */
const planOf = (
  image: Shape,
  result: Shape,
  { kernel, stride, padding }: Pooling,
) => {
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
