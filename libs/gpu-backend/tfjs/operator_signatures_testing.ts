/**
 * What TensorFlow's operators take, as its own definitions say (2.21, and the
 * same in 2.9): a call that differs is refused.
 *
 * @module
 */

/** An operator of TensorFlow. */
export interface Signature {
  /** The attribute that gives each operand's type, or the type itself. */
  readonly operands: readonly string[];
  /** Further attributes that a call must have. */
  readonly required: readonly string[];
  /** Further attributes that a call may have. */
  readonly optional: readonly string[];
  /** Which types the attribute `T` may have. */
  readonly types: readonly TypeName[];
}

/** Types of tensors that the library knows and we use. */
export type TypeName = "float32" | "int32" | "bool";

const float: readonly TypeName[] = ["float32"];
const number: readonly TypeName[] = ["float32", "int32"];
const any: readonly TypeName[] = ["float32", "int32", "bool"];

const signature = (
  types: readonly TypeName[],
  operands: string,
  required = "",
  optional = "",
): Signature => ({
  types,
  operands: words(operands),
  required: words(required),
  optional: words(optional),
});

const words = (text: string) => text.split(" ").filter((word) => word !== "");

const convolution = (operands: string) =>
  signature(
    float,
    operands,
    "strides padding",
    "use_cudnn_on_gpu explicit_paddings data_format dilations",
  );

const pooling = (operands: string) =>
  signature(float, operands, "ksize strides padding", "data_format");

const reduction = signature(number, "T Tidx", "", "keep_dims");

/** Operators by name. */
export const signatures: Readonly<Record<string, Signature>> = {
  Abs: signature(number, "T"),
  Add: signature(number, "T T"),
  AddV2: signature(number, "T T"),
  ArgMax: signature(any, "T Tidx", "", "output_type"),
  AvgPool: pooling("T"),
  AvgPoolGrad: pooling("int32 T"),
  BatchMatMulV2: signature(number, "T T", "", "adj_x adj_y"),
  Cast: signature(any, "SrcT", "DstT", "Truncate"),
  ConcatV2: signature(any, "T... Tidx", "N"),
  Conv2D: convolution("T T"),
  Conv2DBackpropFilter: convolution("T int32 T"),
  Conv2DBackpropInput: convolution("int32 T T"),
  Equal: signature(any, "T T"),
  Exp: signature(float, "T"),
  Fill: signature(any, "index_type T"),
  Greater: signature(number, "T T"),
  GreaterEqual: signature(number, "T T"),
  Less: signature(number, "T T"),
  Log: signature(float, "T"),
  Log1p: signature(float, "T"),
  Max: reduction,
  MaxPool: pooling("T"),
  MaxPoolGrad: pooling("T T T"),
  Maximum: signature(number, "T T"),
  Mean: reduction,
  Minimum: signature(number, "T T"),
  Mul: signature(number, "T T"),
  Neg: signature(number, "T"),
  OnesLike: signature(any, "T"),
  PadV2: signature(any, "T Tpaddings T"),
  Range: signature(number, "Tidx Tidx Tidx"),
  RealDiv: signature(number, "T T"),
  Relu: signature(number, "T"),
  Reshape: signature(any, "T Tshape"),
  ReverseV2: signature(any, "T Tidx"),
  Round: signature(number, "T"),
  Select: signature(any, "bool T T"),
  SelectV2: signature(any, "bool T T"),
  Sigmoid: signature(float, "T"),
  Slice: signature(any, "T Index Index"),
  SplitV: signature(any, "T Tlen int32", "num_split"),
  Sqrt: signature(float, "T"),
  Square: signature(number, "T"),
  StridedSlice: signature(
    any,
    "T Index Index Index",
    "",
    "begin_mask end_mask ellipsis_mask new_axis_mask shrink_axis_mask",
  ),
  Sub: signature(number, "T T"),
  Sum: reduction,
  Tile: signature(any, "T Tmultiples"),
  Transpose: signature(any, "T Tperm"),
  ZerosLike: signature(any, "T"),
};

/**
 * Checks a call as TensorFlow does.
 *
 * @param operator Name of the operator.
 * @param attributes Its attributes; those that are types, by name.
 * @param operands Types of its operands.
 */
export const checkCall = (
  operator: string,
  attributes: ReadonlyMap<string, unknown>,
  operands: readonly TypeName[],
): void => {
  const signature = signatures[operator];
  if (signature === undefined) {
    throw new Error(`TensorFlow's ${operator} is not simulated`);
  }
  const refuse = (rule: string): never => {
    throw new Error(`InvalidArgument: ${operator} ${rule}`);
  };
  const types = typesOfOperands(signature, operands.length);
  if (types.length !== operands.length) {
    refuse(`takes ${types.length} operands, not ${operands.length}`);
  }
  types.forEach((type, i) => {
    const wanted = attributes.get(type) ?? type;
    if (wanted !== operands[i]) {
      refuse(`takes ${type}=${wanted} as operand ${i}, not ${operands[i]}`);
    }
  });
  const { required, optional } = signature;
  for (const name of required) {
    if (!attributes.has(name)) refuse(`needs the attribute ${name}`);
  }
  for (const name of attributes.keys()) {
    if (![...types, ...required, ...optional].includes(name)) {
      refuse(`has no attribute ${name}`);
    }
  }
  const T = attributes.get("T");
  if (T !== undefined && !signature.types.includes(T as TypeName)) {
    refuse(`takes T of ${signature.types.join(", ")}, not ${T}`);
  }
};

/** `T... Tidx` of five operands are four `T` and one `Tidx`. */
const typesOfOperands = (
  { operands }: Signature,
  count: number,
): readonly string[] =>
  operands.flatMap((type) =>
    type.endsWith("...")
      ? new Array<string>(count - operands.length + 1).fill(type.slice(0, -3))
      : [type]
  );
