/**
 * Tensors of other element types than ours, and back: what an ONNX model of
 * others reads and computes.
 *
 * @module
 */
import {
  type DType,
  floatTensor,
  halfBits,
  halfNumber,
  intTensor,
  type Shape,
  type Tensor,
} from "@deepcluster/core";

/** Elements in a typed array. */
type Data = ArrayBufferView & ArrayLike<number | bigint>;

/** How an element type of ONNX becomes one of ours, and ours becomes it. */
interface ElementType {
  /** The type of ours that holds it. */
  readonly dtype: DType;
  /** Integers that it holds, both included. Default: any number. */
  readonly range?: readonly [min: number, max: number];
  /** Its elements, from numbers that are in range. */
  readonly encode: (values: Float32Array | Int32Array) => Data;
  /** Numbers from its elements. Default: they are numbers already. */
  readonly decode?: (data: Data) => ArrayLike<number | bigint>;
}

const integers = (
  min: number,
  max: number,
  encode: ElementType["encode"],
): ElementType => ({ dtype: "int32", range: [min, max], encode });

const int32Range = [-(2 ** 31), 2 ** 31 - 1] as const;

/** All element types that our tensors can hold. */
const elementTypes: Readonly<Record<string, ElementType>> = {
  float32: { dtype: "float32", encode: (values) => values },
  float64: { dtype: "float32", encode: (values) => Float64Array.from(values) },
  float16: {
    dtype: "float32",
    encode: (values) => Uint16Array.from(values, halfBits),
    // Newer runtimes hold it in a Float16Array: the same bits.
    decode: ({ buffer, byteOffset, length }) =>
      Float32Array.from(
        new Uint16Array(buffer, byteOffset, length),
        halfNumber,
      ),
  },
  bool: integers(0, 1, (values) => Uint8Array.from(values)),
  uint8: integers(0, 2 ** 8 - 1, (values) => Uint8Array.from(values)),
  int8: integers(-(2 ** 7), 2 ** 7 - 1, (values) => Int8Array.from(values)),
  uint16: integers(0, 2 ** 16 - 1, (values) => Uint16Array.from(values)),
  int16: integers(-(2 ** 15), 2 ** 15 - 1, (values) => Int16Array.from(values)),
  int32: integers(...int32Range, (values) => values),
  uint32: integers(0, int32Range[1], (values) => Uint32Array.from(values)),
  int64: integers(
    ...int32Range,
    (values) => BigInt64Array.from(values, BigInt),
  ),
  uint64: integers(
    0,
    int32Range[1],
    (values) => BigUint64Array.from(values, BigInt),
  ),
};

/**
 * The type of ours that holds an element type.
 *
 * @param elementType Such as `float16`.
 * @returns `float32` or `int32`, or `undefined` where neither does.
 */
export const dtypeOf = (elementType: string): DType | undefined =>
  elementTypes[elementType]?.dtype;

/**
 * Converts a tensor to an element type.
 *
 * @param elementType One that has a {@link dtypeOf}, that of the tensor.
 * @param tensor The tensor.
 * @returns Its elements, or the first integer that the type cannot hold.
 */
export const encodeElements = (
  elementType: string,
  { data }: Tensor,
): { readonly data: Data } | { readonly misfit: number } => {
  const { encode, range } = elementTypes[elementType]!;
  const misfit = range && misfitIn(data, range);
  if (misfit !== undefined) return { misfit: Number(misfit) };
  const own = data.buffer instanceof SharedArrayBuffer ? data.slice() : data;
  return { data: encode(own) };
};

/**
 * Converts elements to a tensor.
 *
 * @param elementType One that has a {@link dtypeOf}.
 * @param shape The sizes.
 * @param data The elements, which the tensor may keep.
 * @returns The tensor, or the first integer that 32 bits do not hold.
 */
export const decodeElements = (
  elementType: string,
  shape: Shape,
  data: Data,
): { readonly tensor: Tensor } | { readonly misfit: number } => {
  const { dtype, decode } = elementTypes[elementType]!;
  if (data instanceof Float32Array) return { tensor: floatTensor(shape, data) };
  if (data instanceof Int32Array) return { tensor: intTensor(shape, data) };
  const values = decode?.(data) ?? data;
  if (dtype === "float32") {
    return {
      tensor: floatTensor(
        shape,
        values instanceof Float32Array
          ? values
          : Float32Array.from(values as ArrayLike<number>),
      ),
    };
  }
  const misfit = misfitIn(values, int32Range);
  return misfit === undefined
    ? { tensor: intTensor(shape, Int32Array.from(values, Number)) }
    : { misfit: Number(misfit) };
};

const misfitIn = (
  values: ArrayLike<number | bigint>,
  [min, max]: readonly [number, number],
): number | bigint | undefined => {
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < min || values[i]! > max) return values[i];
  }
  return undefined;
};
