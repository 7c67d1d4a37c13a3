/**
 * TensorFlow's operators, computed by the kernels of TensorFlow.js in pure
 * JavaScript, and strict where TensorFlow on a processor is.
 *
 * @module
 */
import type { TypeName } from "./operator_signatures_testing.ts";

/** A tensor of the backend in pure JavaScript. */
export interface TensorInfo {
  readonly dataId: object;
  readonly shape: number[];
  readonly dtype: TypeName;
}

/** The backend in pure JavaScript. */
export interface JavaScriptBackend {
  makeTensorInfo(
    shape: number[],
    dtype: TypeName,
    values: ArrayLike<number>,
  ): TensorInfo;
  readSync(dataId: object): Float32Array | Int32Array | Uint8Array;
  disposeData(dataId: object): void;
}

/** Runs a kernel of that backend. */
export type RunKernel = (
  name: string,
  inputs: Readonly<Record<string, TensorInfo>> | readonly TensorInfo[],
  attributes?: Readonly<Record<string, unknown>>,
) => TensorInfo | TensorInfo[];

/** A call of an operator of TensorFlow. */
export interface Call {
  /** Name of the operator. */
  readonly operator: string;
  /** Its operands. */
  readonly operands: readonly TensorInfo[];
  /** Its attributes; types by name. */
  readonly attributes: ReadonlyMap<string, unknown>;
}

/** What an operator is computed with. */
export interface Computer {
  readonly run: RunKernel;
  readonly backend: JavaScriptBackend;
}

type Compute = (
  operands: readonly TensorInfo[],
  attributes: ReadonlyMap<string, unknown>,
  computer: Computer,
) => TensorInfo | TensorInfo[];

/**
 * Computes an operator; throws where TensorFlow refuses to.
 *
 * @param call Which, and of what.
 * @param computer What computes it.
 * @returns Its results.
 */
export const computeOperator = (
  { operator, operands, attributes }: Call,
  computer: Computer,
): TensorInfo[] => {
  const compute = operators[operator];
  if (compute === undefined) {
    throw new Error(`TensorFlow's ${operator} is not simulated`);
  }
  return [compute(operands, attributes, computer)].flat();
};

const valuesOf = ({ backend }: Computer, { dataId }: TensorInfo): number[] =>
  Array.from(backend.readSync(dataId));

const unary = (name: string): Compute => ([x], _, { run }) =>
  run(name, { x: x! });

const binary = (name: string): Compute => ([a, b], _, { run }) =>
  run(name, { a: a!, b: b! });

const select: Compute = ([condition, t, e], _, { run }) =>
  run("Select", { condition: condition!, t: t!, e: e! });

/** A kernel that has numbers in the place of the second operand. */
const withNumbers =
  (name: string, operand: string, attribute: string): Compute =>
  ([x, numbers], _, computer) =>
    computer.run(name, { [operand]: x! }, {
      [attribute]: valuesOf(computer, numbers!),
    });

const reduction =
  (name: string, axes: string): Compute => ([x, numbers], given, computer) =>
    computer.run(name, { x: x! }, {
      [axes]: valuesOf(computer, numbers!),
      keepDims: given.get("keep_dims"),
    });

const inner = (attributes: ReadonlyMap<string, unknown>, name: string) => {
  const [n, ...sizes] = attributes.get(name) as number[];
  if (n !== 1 || sizes[2] !== 1) {
    throw new Error(
      `InvalidArgument: ${name} of images and channels must be 1`,
    );
  }
  return sizes.slice(0, 2);
};

const imagesLast = (attributes: ReadonlyMap<string, unknown>) => {
  const format = attributes.get("data_format") ?? "NHWC";
  if (format !== "NHWC") {
    throw new Error(`Unimplemented: on the processor ${format} is not`);
  }
  return format;
};

const paddingOf = (attributes: ReadonlyMap<string, unknown>) => {
  const padding = attributes.get("padding");
  const sides = attributes.get("explicit_paddings") as number[] | undefined;
  if (padding !== "EXPLICIT") {
    if (sides !== undefined && sides.length > 0) {
      throw new Error(`InvalidArgument: ${padding} takes no explicit_paddings`);
    }
    return (padding as string).toLowerCase();
  }
  return [0, 2, 4, 6].map((i) => sides!.slice(i, i + 2));
};

const geometryOf = (attributes: ReadonlyMap<string, unknown>) => ({
  strides: inner(attributes, "strides"),
  dilations: inner(attributes, "dilations"),
  dataFormat: imagesLast(attributes),
  pad: paddingOf(attributes),
});

/** On the processor, gradients of dilated convolutions are not implemented. */
const gradientGeometryOf = (attributes: ReadonlyMap<string, unknown>) => {
  const geometry = geometryOf(attributes);
  if (geometry.dilations.some((dilation) => dilation !== 1)) {
    throw new Error("Unimplemented: gradients of dilated convolutions");
  }
  return geometry;
};

const windowOf = (attributes: ReadonlyMap<string, unknown>) => {
  imagesLast(attributes);
  return {
    filterSize: inner(attributes, "ksize"),
    strides: inner(attributes, "strides"),
    pad: paddingOf(attributes),
  };
};

const operators: Readonly<Record<string, Compute>> = {
  // The kernel of this name makes a tensor of the library itself.
  Abs: ([x], _, { run }) =>
    run("Maximum", { a: x!, b: run("Neg", { x: x! }) as TensorInfo }),
  Add: binary("Add"),
  AddV2: binary("Add"),
  ArgMax: ([x, axis], _, computer) =>
    computer.run("ArgMax", { x: x! }, { axis: valuesOf(computer, axis!)[0] }),
  AvgPool: ([x], given, { run }) => run("AvgPool", { x: x! }, windowOf(given)),
  AvgPoolGrad: ([sizes, dy], given, computer) =>
    computer.run("AvgPoolGrad", {
      input: computer.backend.makeTensorInfo(
        valuesOf(computer, sizes!),
        "float32",
        new Float32Array(1),
      ),
      dy: dy!,
    }, windowOf(given)),
  BatchMatMulV2: ([a, b], given, { run }) =>
    run("BatchMatMul", { a: a!, b: b! }, {
      transposeA: given.get("adj_x"),
      transposeB: given.get("adj_y"),
    }),
  Cast: ([x], given, { run }) =>
    run("Cast", { x: x! }, { dtype: given.get("DstT") }),
  ConcatV2: (operands, _, computer) =>
    computer.run("Concat", operands.slice(0, -1), {
      axis: valuesOf(computer, operands.at(-1)!)[0],
    }),
  Conv2D: ([x, filter], given, { run }) =>
    run("Conv2D", { x: x!, filter: filter! }, geometryOf(given)),
  Conv2DBackpropFilter: ([x, sizes, dy], given, computer) =>
    computer.run("Conv2DBackpropFilter", { x: x!, dy: dy! }, {
      ...gradientGeometryOf(given),
      filterShape: valuesOf(computer, sizes!),
    }),
  Conv2DBackpropInput: ([sizes, filter, dy], given, computer) =>
    computer.run("Conv2DBackpropInput", { dy: dy!, filter: filter! }, {
      ...gradientGeometryOf(given),
      inputShape: valuesOf(computer, sizes!),
    }),
  Equal: binary("Equal"),
  Exp: unary("Exp"),
  Fill: ([sizes, value], _, computer) =>
    computer.run("Fill", {}, {
      shape: valuesOf(computer, sizes!),
      value: valuesOf(computer, value!)[0],
      dtype: value!.dtype,
    }),
  Greater: binary("Greater"),
  GreaterEqual: binary("GreaterEqual"),
  Less: binary("Less"),
  Log: unary("Log"),
  Log1p: unary("Log1p"),
  Max: reduction("Max", "reductionIndices"),
  MaxPool: ([x], given, { run }) => run("MaxPool", { x: x! }, windowOf(given)),
  MaxPoolGrad: ([input, output, dy], given, { run }) =>
    run(
      "MaxPoolGrad",
      { input: input!, output: output!, dy: dy! },
      windowOf(given),
    ),
  Maximum: binary("Maximum"),
  Mean: reduction("Mean", "axis"),
  Minimum: binary("Minimum"),
  Mul: binary("Multiply"),
  Neg: unary("Neg"),
  OnesLike: unary("OnesLike"),
  PadV2: ([x, paddings, constant], _, computer) => {
    const sides = valuesOf(computer, paddings!);
    return computer.run("PadV2", { x: x! }, {
      paddings: x!.shape.map((_, i) => sides.slice(2 * i, 2 * i + 2)),
      constantValue: valuesOf(computer, constant!)[0],
    });
  },
  Range: ([start, limit, delta], _, computer) =>
    computer.run("Range", {}, {
      start: valuesOf(computer, start!)[0],
      stop: valuesOf(computer, limit!)[0],
      step: valuesOf(computer, delta!)[0],
      dtype: start!.dtype,
    }),
  RealDiv: binary("RealDiv"),
  Relu: unary("Relu"),
  Reshape: withNumbers("Reshape", "x", "shape"),
  ReverseV2: withNumbers("Reverse", "x", "dims"),
  Round: unary("Round"),
  Select: select,
  SelectV2: select,
  Sigmoid: unary("Sigmoid"),
  Slice: ([x, begin, size], _, computer) =>
    computer.run("Slice", { x: x! }, {
      begin: valuesOf(computer, begin!),
      size: valuesOf(computer, size!),
    }),
  SplitV: ([x, sizes, axis], _, computer) =>
    computer.run("SplitV", { x: x! }, {
      numOrSizeSplits: valuesOf(computer, sizes!),
      axis: valuesOf(computer, axis!)[0],
    }),
  Sqrt: unary("Sqrt"),
  Square: unary("Square"),
  StridedSlice: ([x, begin, end, strides], given, computer) =>
    computer.run("StridedSlice", { x: x! }, {
      begin: valuesOf(computer, begin!),
      end: valuesOf(computer, end!),
      strides: valuesOf(computer, strides!),
      beginMask: given.get("begin_mask"),
      endMask: given.get("end_mask"),
      ellipsisMask: given.get("ellipsis_mask"),
      newAxisMask: given.get("new_axis_mask"),
      shrinkAxisMask: given.get("shrink_axis_mask"),
    }),
  Sub: binary("Sub"),
  Sum: reduction("Sum", "axis"),
  Tile: withNumbers("Tile", "x", "reps"),
  Transpose: withNumbers("Transpose", "x", "perm"),
  ZerosLike: unary("ZerosLike"),
};
