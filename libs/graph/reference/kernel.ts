/**
 * What the kernels of the interpreter have in common: numbers in double
 * precision, and row-major indices.
 *
 * @module
 */
import { type Shape, sizeOf } from "@deepcluster/core";
import type { OperatorOf, OperatorType } from "../value.ts";

/** A tensor inside the interpreter, integers included. */
export interface Numbers {
  /** Sizes, outermost first. */
  readonly shape: Shape;
  /** Row-major values. */
  readonly data: Float64Array;
}

/** Computes the values of an operator's result from those of its inputs. */
export type Kernel<T extends OperatorType> = (
  inputs: readonly Numbers[],
  shape: Shape,
  operator: OperatorOf<T>,
) => Float64Array;

/** One kernel for every operator of a family. */
export type Kernels<T extends OperatorType> = {
  readonly [K in T]: Kernel<K>;
};

/**
 * Elements between neighbours along every axis of a row-major tensor.
 *
 * @param shape Sizes.
 * @returns As many strides.
 */
export const stridesOf = (shape: Shape): readonly number[] =>
  shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));

/**
 * Where every element of a tensor stands in another that is stepped through
 * with other strides: 0 along a repeated or reduced axis.
 *
 * @param shape Sizes of the tensor.
 * @param strides Step in the other tensor along every axis of this one.
 * @returns `sizeOf(shape)` positions, in row-major order of the tensor.
 */
export const positions = (
  shape: Shape,
  strides: readonly number[],
): Int32Array =>
  shape.reduce((outer, size, axis) => {
    const all = new Int32Array(outer.length * size);
    outer.forEach((start, i) => {
      for (let j = 0; j < size; j++) {
        all[i * size + j] = start + j * strides[axis]!;
      }
    });
    return all;
  }, new Int32Array(1));

/**
 * Where every element of a broadcast tensor comes from.
 *
 * @param from Sizes before broadcasting.
 * @param to Sizes after.
 * @returns `sizeOf(to)` positions in the tensor of shape `from`.
 */
export const broadcastPositions = (from: Shape, to: Shape): Int32Array => {
  const missing = to.length - from.length;
  const strides = stridesOf(from);
  return positions(
    to,
    to.map((_, axis) =>
      (from[axis - missing] ?? 1) === 1 ? 0 : strides[axis - missing]!
    ),
  );
};
