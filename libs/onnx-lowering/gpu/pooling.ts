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
import { intTensor, type Shape, type Tensor } from "@deepcluster/core";
import type { Pooling, Value } from "@deepcluster/graph";
import type { Lowering, Lowerings, ValueOf } from "../lowering.ts";
import { poolingAttributes } from "../pooling.ts";
import { channelsLast, channelsSecond } from "./channels_last.ts";
import { planOf } from "./pooling_plan.ts";

/** Lowerings of max-pooling and of its gradient. */
export const gpuPoolingLowerings: Lowerings<"maxPool" | "maxPoolGradient"> = {
  maxPool: ({ operator, inputs: [x] }, to) => maxima(x!, operator.geometry, to),
  maxPoolGradient: ({ operator: { geometry }, inputs: [x, dy] }, to) =>
    gradientOf({ geometry, x: x!, windows: dy!.shape, dy: to.tensor(dy!) }, to),
};

/**
 * Adds the nodes of the gradient of a ReLU that is pooled, where it is that:
 * `dy` of a window counts where its maximum is above 0, which asks less than
 * every element.
 *
 * @param value The gradient of the ReLU.
 * @param to Where it is lowered to.
 * @returns Name of the gradient, or `undefined` where no pooling follows.
 */
export const gradientThroughPooling = (
  { inputs: [x, dx] }: ValueOf<"reluGradient">,
  to: Lowering,
): string | undefined => {
  if (dx!.operator.type !== "maxPoolGradient" || to.uses(dx!) > 1) return;
  const { geometry } = dx!.operator;
  const [rectified, dy] = dx!.inputs;
  if (rectified!.operator.type !== "relu" || rectified!.inputs[0] !== x) return;
  const isPositive = to.node("Cast", [maxima(rectified!, geometry, to)], {
    to: { i: bool },
  });
  const slopes = to.node("Where", [
    isPositive,
    to.tensor(dy!),
    to.scalar(0),
  ]);
  return gradientOf({ geometry, x: x!, windows: dy!.shape, dy: slopes }, to);
};

/** `TensorProto.DataType` of the ONNX format. */
const bool = 9;

/** A pooling, and what is known behind it. */
interface Gradient {
  readonly geometry: Pooling;
  /** What is pooled. */
  readonly x: Value;
  /** Sizes of the result. */
  readonly windows: Shape;
  /** Name of the gradient with respect to the result. */
  readonly dy: string;
}

/** The largest of what was rectified is the largest of all, rectified. */
const maxima = (x: Value, geometry: Pooling, to: Lowering): string =>
  to.once(
    x,
    `maxima ${key(geometry)}`,
    () =>
      x.operator.type === "relu"
        ? to.node("Relu", [maxima(x.inputs[0]!, geometry, to)])
        : to.node("MaxPool", [to.tensor(x)], poolingAttributes(geometry)),
  );

const gradientOf = (gradient: Gradient, to: Lowering): string =>
  tiles(gradient) ? byTiles(gradient, to) : byPositions(gradient, to);

/** Whether every element is in exactly one window. */
const tiles = ({ geometry, x }: Gradient): boolean =>
  [0, 1].every((axis) =>
    geometry.kernel[axis] === geometry.stride[axis] &&
    geometry.padding[axis] === 0 &&
    x.shape[axis + 2]! % geometry.kernel[axis]! === 0
  );

/** Images as `[n, rows, kernelHeight, columns, kernelWidth, c]`. */
const byTiles = (
  { geometry, x, windows, dy }: Gradient,
  to: Lowering,
): string => {
  const [height, width] = geometry.kernel;
  const [n, c, rows, columns] = windows;
  const reshape = (tensor: string, sizes: Shape) =>
    to.node("Reshape", [tensor, to.integers(sizes)]);
  const perWindow = (tensor: string) =>
    reshape(channelsLast(tensor, to), [n!, rows!, 1, columns!, 1, c!]);
  const images = reshape(channelsLast(to.tensor(x), to), [
    n!,
    rows!,
    height,
    columns!,
    width,
    c!,
  ]);
  const isMaximum = to.node("Equal", [
    images,
    perWindow(maxima(x, geometry, to)),
  ]);
  const area = height * width;
  const taps = to.constant(`taps ${height}x${width}`, () =>
    intTensor(
      [height, 1, width, 1],
      Int32Array.from({ length: area }, (_, tap) => tap),
    ));
  const first = to.node("ReduceMin", [
    to.node("Where", [isMaximum, taps, to.scalar(area, "int32")]),
    to.integers([2, 4]),
  ]);
  const gradient = to.node("Where", [
    to.node("Equal", [first, taps]),
    perWindow(dy),
    to.scalar(0),
  ]);
  const [, , imageRows, imageColumns] = x.shape;
  return channelsSecond(
    reshape(gradient, [n!, imageRows!, imageColumns!, c!]),
    to,
  );
};

/** By positions in the image, gathered for the windows and then back. */
const byPositions = (
  { geometry, x, windows, dy }: Gradient,
  to: Lowering,
): string => {
  const [n, c, height, width] = x.shape;
  const plan = to.once(
    x,
    `plan ${key(geometry)}`,
    () => planOf(x.shape.slice(2), windows.slice(2), geometry),
  );
  const name = `of ${height}x${width} by ${key(geometry)}`;
  /** As `[n, …, c]`, from images. */
  const list = (images: string, sizes: Shape) =>
    to.node("Reshape", [
      channelsLast(images, to),
      to.integers([n!, ...sizes, c!]),
    ]);
  const gather = (tensor: string, positions: string) =>
    to.node("Gather", [tensor, positions], { axis: { i: 1 } });
  /** Positions as numbers to compare with, one for all channels. */
  const compared = (name: string, positions: Tensor) =>
    to.constant(`${name}, compared`, () => ({
      ...positions,
      shape: [...positions.shape, 1],
    }));
  const elementsName = `elements ${name}`;
  const first = to.once(x, `first maxima ${key(geometry)}`, () => {
    const seen = gather(
      list(to.tensor(x), [-1]),
      to.constant(elementsName, () => plan.elements),
    );
    const most = list(maxima(x, geometry, to), [1, -1]);
    return to.node("ReduceMin", [
      to.node("Where", [
        to.node("Equal", [seen, most]),
        compared(elementsName, plan.elements),
        to.scalar(height! * width!, "int32"),
      ]),
      to.integers([1]),
    ], { keepdims: { i: 0 } });
  });
  const seeing = to.constant(`windows ${name}`, () => plan.windows);
  const all = intTensor(
    [height! * width!],
    Int32Array.from({ length: height! * width! }, (_, i) => i),
  );
  const parts = to.node("Where", [
    to.node("Equal", [
      gather(first, seeing),
      compared(`all ${height! * width!} elements`, all),
    ]),
    gather(list(dy, [-1]), seeing),
    to.scalar(0),
  ]);
  const sums = plan.windows.shape[0] === 1
    ? parts
    : to.node("ReduceSum", [parts, to.integers([1])]);
  const images = to.integers([n!, height!, width!, c!]);
  return channelsSecond(to.node("Reshape", [sums, images]), to);
};

const key = ({ kernel, stride, padding }: Pooling): string =>
  [kernel, stride, padding].map((pair) => pair.join("x")).join(" ");
