/**
 * Poolings and their gradients in ONNX.
 *
 * What comes of a NaN that shares its window with numbers depends on where it
 * stands and on the kernel that ONNX Runtime takes: of `[NaN, 1, 2, 3]` the
 * pooling alone makes 3, and with its gradient beside it, except for windows of
 * 2 x 2, NaN; of `[1, NaN, 2, 3]` both make 3, of `[1, 2, 3, NaN]` NaN and 3.
 * The reference gives NaN in all of them. Even a window of nothing but NaN may
 * come to the lowest finite number, where it reaches into the padding or is one
 * row high.
 *
 * @module
 */
import { floatTensor, type Shape, sizeOf } from "@deepcluster/core";
import type { Pooling, Value } from "@deepcluster/graph";
import type { Attributes } from "@deepcluster/onnx-format";
import { byParts, equalParts, mostInCache } from "./by_parts.ts";
import { firstMaxima, overlap } from "./first_maxima.ts";
import type { Lowering, Lowerings, ValueOf } from "./lowering.ts";

/** Lowerings of the poolings and of their gradients. */
export const poolingLowerings: Lowerings<
  "maxPool" | "averagePool" | "maxPoolGradient" | "averagePoolGradient"
> = {
  maxPool: ({ operator: { geometry }, inputs: [x] }, to) => {
    if (halves(geometry, x!)) return halved(x!, to);
    return maximaWithPositions(x!, geometry, to)?.maxima ??
      maximaOf(x!, geometry, to);
  },
  maxPoolGradient: ({ operator, inputs: [x, dy] }, to) => {
    if (halves(operator.geometry, x!)) {
      return to.node("MaxUnpool", [
        to.tensor(dy!),
        positionsOfHalved(x!, to),
        to.integers(x!.shape),
      ], poolingAttributes(halving));
    }
    const { geometry } = operator;
    return scattered(maximaWithPositions(x!, geometry, to)!, x!, dy!, to);
  },
  averagePool: ({ operator, inputs: [x] }, to) =>
    to.node("AveragePool", [to.tensor(x!)], {
      ...poolingAttributes(operator.geometry),
      count_include_pad: { i: 1 },
    }),
  averagePoolGradient: (value, to) =>
    tiles(value) ? byRepetition(value, to) : byTransposedConvolution(value, to),
};

/**
 * Attributes of the node of a pooling.
 *
 * @param geometry The pooling's.
 * @returns Attributes that every pooling of ONNX has.
 */
export const poolingAttributes = (
  { kernel, stride, padding }: Pooling,
): Attributes => ({
  kernel_shape: { ints: kernel },
  strides: { ints: stride },
  pads: { ints: [...padding, ...padding] },
});

/** The results of a pooling that has a gradient. */
interface Maxima {
  /** How many parts of the batch are pooled one after the other. */
  readonly parts: number;
  /** Name of the maxima. */
  readonly maxima: string;
  /** Name of where the first of each stands in its part, flattened. */
  readonly positions: string;
}

/**
 * The maxima of all windows, and their positions; undefined where no gradient
 * reads these. ONNX Runtime has positions of 64 bits only: they are cut to 32
 * part by part, so that all of them never exist.
 */
const maximaWithPositions = (
  x: Value,
  geometry: Pooling,
  to: Lowering,
): Maxima | undefined => {
  const key = JSON.stringify(geometry);
  const gradient = to.users(x).find(({ operator, inputs }) =>
    operator.type === "maxPoolGradient" && inputs[0] === x &&
    JSON.stringify(operator.geometry) === key
  );
  if (gradient === undefined) return undefined;
  return to.once(x, `maxima ${key}`, () => {
    const [batch, ...each] = x.shape;
    const parts = equalParts(batch!, sizeOf(each), mostInCache);
    const [, ...pooled] = gradient.inputs[1]!.shape;
    const shape = [batch! / parts, ...pooled];
    const part = [batch! / parts, ...each];
    const [maxima, positions] = byParts(
      parts,
      [{ tensor: to.tensor(x), shape: part }],
      [{ shape }, { shape, dtype: "int32" }],
      ([x]) => {
        if (overlap(geometry, each.slice(1))) return firstMaxima(x!, part, to);
        const attributes = poolingAttributes(geometry);
        const [y, positions] = to.nodeOfMany(2, "MaxPool", [x!], attributes);
        const short = to.node("Cast", [positions!], { to: { i: int32 } });
        return [y!, short];
      },
      to,
    );
    return {
      parts,
      maxima: to.node("Reshape", [
        maxima!,
        to.integers([batch!, ...pooled]),
      ]),
      positions: positions!,
    };
  });
};

/** The gradient of what is pooled: `dy` where the maxima stand, summed. */
const scattered = (
  { parts, positions }: Maxima,
  x: Value,
  dy: Value,
  to: Lowering,
): string => {
  const [size, count] = [x, dy].map(({ shape }) => sizeOf(shape) / parts);
  const [gradients] = byParts(
    parts,
    [
      { tensor: positions, shape: [count!], dtype: "int32" },
      { tensor: to.tensor(dy), shape: [count!] },
    ],
    [{ shape: [size!] }],
    ([positions, dy]) => [
      to.node("ScatterElements", [zeros(size!, dy!, to), positions!, dy!], {
        reduction: { s: "add" },
      }),
    ],
    to,
  );
  return to.node("Reshape", [gradients!, to.integers(x.shape)]);
};

/**
 * Zeros that are there only while they are summed up to: ONNX Runtime would
 * expand a constant when it opens the session, and keep the result.
 */
const zeros = (length: number, vector: string, to: Lowering): string => {
  const [first, second] = [to.integers([0]), to.integers([1])];
  const any = to.node("Slice", [vector, first, second]);
  const isLess = to.node("Less", [any, any]);
  const zero = to.node("Cast", [isLess], { to: { i: float } });
  return to.node("Expand", [zero, to.integers([length])]);
};

/** Windows of 2 x 2 beside each other, as in the small network and VGG. */
const halving: Pooling = { kernel: [2, 2], stride: [2, 2], padding: [0, 0] };

/**
 * Tells whether windows are of 2 x 2 beside each other, with every element in
 * one of them.
 *
 * @param geometry Of the pooling.
 * @param x What is pooled.
 * @returns True when they are.
 */
export const halves = (
  { kernel, stride, padding }: Pooling,
  x: Value,
): boolean =>
  [...kernel, ...stride].every((size) => size === 2) &&
  padding.every((zeros) => zeros === 0) &&
  x.shape.slice(2).every((size) => size % 2 === 0);

const halved = (x: Value, to: Lowering): string =>
  to.once(x, "halved", () => maximaOf(x, halving, to));

const maximaOf = (x: Value, geometry: Pooling, to: Lowering): string =>
  to.node("MaxPool", [to.tensor(x)], poolingAttributes(geometry));

/**
 * Where the first maximum of each window of {@link halving} stands in the whole
 * tensor, flattened: to the right, or below, or both, of a corner, of a row or
 * of a column without a maximum.
 *
 * `MaxPool` with positions compares number by number and takes ten times as
 * long as without: 3.8 ms instead of 0.25 for 64 x 24 x 32 x 32 on 2 cores, of
 * which this takes 1.6.
 */
const positionsOfHalved = (x: Value, to: Lowering): string => {
  const [n, c, height, width] = x.shape as [number, number, number, number];
  /** 1 where no maximum is in the first rows and columns of its window. */
  const isBeyond = (kernel: Pooling["kernel"]) => {
    const most = maximaOf(x, { ...halving, kernel }, to);
    const less = to.node("Less", [most, halved(x, to)]);
    return to.node("Cast", [less], { to: { i: float } });
  };
  const down = to.node("Add", [isBeyond([2, 1]), to.scalar(width - 1)]);
  const fromCorner = to.node("Add", [
    isBeyond([1, 1]),
    to.node("Mul", [isBeyond([1, 2]), down]),
  ]);
  const corners = to.constant(`corners ${height}x${width}`, () =>
    floatTensor(
      [height / 2, width / 2],
      Float32Array.from(
        { length: height * width / 4 },
        (_, i) => Math.floor(i / (width / 2)) * 2 * width + i % (width / 2) * 2,
      ),
    ));
  const inPlane = to.node("Add", [fromCorner, corners]);
  const planes = Array.from({ length: n * c }, (_, i) => i * height * width);
  return to.node("Add", [
    to.node("Cast", [inPlane], { to: { i: int64 } }),
    to.node("Reshape", [to.integers(planes), to.integers([n, c, 1, 1])]),
  ]);
};

/** `TensorProto.DataType` of the ONNX format. */
const float = 1;
const int32 = 6;
const int64 = 7;

type AverageGradient = ValueOf<"averagePoolGradient">;

/** Whether no two windows share an element, and none reaches outside. */
const tiles = ({ operator: { geometry } }: AverageGradient): boolean =>
  [0, 1].every((axis) =>
    geometry.kernel[axis] === geometry.stride[axis] &&
    geometry.padding[axis] === 0
  );

const area = ({ operator: { geometry } }: AverageGradient): number =>
  geometry.kernel[0] * geometry.kernel[1];

/** Every `dy` repeated over its window; zeros where no window reaches. */
const byRepetition = (value: AverageGradient, to: Lowering): string => {
  const { geometry: { kernel }, inputShape } = value.operator;
  const [n, c, height, width] = value.inputs[0]!.shape;
  const fraction = to.node("Mul", [
    to.tensor(value.inputs[0]!),
    to.scalar(1 / area(value)),
  ]);
  const reshape = (tensor: string, shape: Shape) =>
    to.node("Reshape", [tensor, to.integers(shape)]);
  const repeated = to.node("Expand", [
    reshape(fraction, [n!, c!, height!, 1, width!, 1]),
    to.integers([n!, c!, height!, kernel[0], width!, kernel[1]]),
  ]);
  const reached = [height! * kernel[0], width! * kernel[1]] as const;
  const windows = reshape(repeated, [n!, c!, ...reached]);
  const [below, beside] = [
    inputShape[2]! - reached[0],
    inputShape[3]! - reached[1],
  ];
  return below + beside === 0
    ? windows
    : to.node("Pad", [windows, to.integers([0, 0, 0, 0, 0, 0, below, beside])]);
};

/** Every channel by itself, through a filter of equal weights. */
const byTransposedConvolution = (
  value: AverageGradient,
  to: Lowering,
): string => {
  const { geometry: { kernel, stride, padding }, inputShape } = value.operator;
  const [n, c, height, width] = value.inputs[0]!.shape;
  const sizes = [height!, width!];
  const beyond = sizes.map((size, axis) =>
    inputShape[axis + 2]! + 2 * padding[axis]! -
    (size - 1) * stride[axis]! - kernel[axis]!
  );
  const planes = to.node("Reshape", [
    to.tensor(value.inputs[0]!),
    to.integers([n! * c!, 1, ...sizes]),
  ]);
  const weights = () =>
    floatTensor(
      [1, 1, ...kernel],
      new Float32Array(area(value)).fill(1 / area(value)),
    );
  const gradient = to.node("ConvTranspose", [
    planes,
    to.constant(`mean ${kernel.join("x")}`, weights),
  ], {
    strides: { ints: stride },
    pads: { ints: [...padding, ...padding] },
    output_padding: { ints: beyond },
  });
  return to.node("Reshape", [gradient, to.integers(inputShape)]);
};
