/**
 * Kernels of the reductions and of the operators that only move elements.
 *
 * @module
 */
import { type Shape, sizeOf } from "@deepcluster/core";
import {
  broadcastPositions,
  type Kernels,
  type Numbers,
  positions,
  stridesOf,
} from "./kernel.ts";

/** Kernels of the reductions and of the operators that only move elements. */
export const shapeKernels: Kernels<
  | "reduceSum"
  | "reduceMean"
  | "reduceMax"
  | "argMax"
  | "reshape"
  | "broadcast"
  | "transpose"
> = {
  reduceSum: ([x], shape, { axes }) => sum(x!, shape, axes),
  reduceMean: ([x], shape, { axes }) => {
    const count = sizeOf(x!.shape) / sizeOf(shape);
    return sum(x!, shape, axes).map((total) => total / count);
  },
  reduceMax: ([x], shape, { axes }) => {
    const max = new Float64Array(sizeOf(shape)).fill(-Infinity);
    reducedPositions(x!.shape, axes).forEach((to, i) => {
      max[to] = Math.max(max[to]!, x!.data[i]!);
    });
    return max;
  },
  argMax: ([x], shape, { axis }) => {
    const max = new Float64Array(sizeOf(shape)).fill(-Infinity);
    const where = new Float64Array(sizeOf(shape));
    const along = positions(
      x!.shape,
      x!.shape.map((_, a) => a === axis ? 1 : 0),
    );
    reducedPositions(x!.shape, [axis]).forEach((to, i) => {
      if (!(x!.data[i]! > max[to]!)) return;
      max[to] = x!.data[i]!;
      where[to] = along[i]!;
    });
    return where;
  },
  reshape: ([x]) => x!.data,
  broadcast: ([x], shape) => gather(x!, broadcastPositions(x!.shape, shape)),
  transpose: ([x], shape, { permutation }) => {
    const strides = stridesOf(x!.shape);
    return gather(
      x!,
      positions(shape, permutation.map((axis) => strides[axis]!)),
    );
  },
};

const gather = (x: Numbers, from: Int32Array): Float64Array =>
  Float64Array.from(from, (position) => x.data[position]!);

const sum = (
  x: Numbers,
  shape: Shape,
  axes: readonly number[],
): Float64Array => {
  const total = new Float64Array(sizeOf(shape));
  reducedPositions(x.shape, axes).forEach((to, i) => total[to]! += x.data[i]!);
  return total;
};

/** Where every element of `shape` goes when `axes` are reduced. */
const reducedPositions = (
  shape: Shape,
  axes: readonly number[],
): Int32Array => {
  const full = shape.map((size, axis) => axes.includes(axis) ? 1 : size);
  const strides = stridesOf(full);
  return positions(
    shape,
    strides.map((stride, axis) => axes.includes(axis) ? 0 : stride),
  );
};
