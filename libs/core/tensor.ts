/**
 * Dense tensors as plain data: a shape and a typed array, row-major.
 *
 * @module
 */

/** Sizes from the outermost to the innermost dimension; `[]` is a scalar. */
export type Shape = readonly number[];

/** Element types that the graph knows. */
export type DType = "float32" | "int32";

/** A row-major tensor of 32-bit floats. */
export interface FloatTensor {
  /** Discriminates the element type. */
  readonly dtype: "float32";
  /** Sizes, outermost first. */
  readonly shape: Shape;
  /** `sizeOf(shape)` values, the last dimension varying fastest. */
  readonly data: Float32Array;
}

/** A row-major tensor of 32-bit integers: labels and indices. */
export interface IntTensor {
  /** Discriminates the element type. */
  readonly dtype: "int32";
  /** Sizes, outermost first. */
  readonly shape: Shape;
  /** `sizeOf(shape)` values, the last dimension varying fastest. */
  readonly data: Int32Array;
}

/** A tensor of either element type. */
export type Tensor = FloatTensor | IntTensor;

/** Tensors by name, such as the parameters of a network. */
export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * Number of elements of a shape.
 *
 * @param shape Sizes; the product of none is 1.
 * @returns The product of the sizes.
 */
export const sizeOf = (shape: Shape): number =>
  shape.reduce((product, size) => product * size, 1);

/**
 * Wraps 32-bit floats as a tensor, without a copy.
 *
 * @param shape Sizes, whose product is `data.length`.
 * @param data Row-major values; Default: zeros.
 * @returns The tensor.
 */
export const floatTensor = (
  shape: Shape,
  data: Float32Array = new Float32Array(sizeOf(shape)),
): FloatTensor => ({ dtype: "float32", shape, data });

/**
 * Wraps 32-bit integers as a tensor, without a copy.
 *
 * @param shape Sizes, whose product is `data.length`.
 * @param data Row-major values; Default: zeros.
 * @returns The tensor.
 */
export const intTensor = (
  shape: Shape,
  data: Int32Array = new Int32Array(sizeOf(shape)),
): IntTensor => ({ dtype: "int32", shape, data });
