/**
 * Points as 8-bit filters see them: moved to their middle, each scaled to the
 * range of a byte, with bounds of what rounding loses.
 *
 * @module
 */
import { type Matrix, row } from "@deepcluster/core";

/** What stands for points in products; 12 bytes a point. */
export interface PointFrame {
  /** `[d]`, subtracted from points and centroids alike. */
  readonly origin: Float32Array;
  /** `[n]`: what moved points are multiplied by, to reach 127 at most. */
  readonly factors: Float32Array;
  /** `[n]`: at least the length of each moved point. */
  readonly lengths: Float32Array;
  /** `[n]`: at least the length of what rounding to bytes takes from it. */
  readonly losses: Float32Array;
}

/** Bytes reach this far. */
export const largestByte = 127;

/** Points whose mean is taken as the origin, at most: any origin will do. */
const sampled = 4096;
/** Adding and subtracting it rounds a double to a whole number, ties to even. */
const rounder = 1.5 * 2 ** 52;
/** Covers the roundings of 32-bit floats in the making of a frame. */
const slack = 1 + 2 ** -18;
/** Further from the origin 32-bit floats end, and bounds with them. */
const largestMoved = 2 ** 126;
/** A bound that rules nothing out. */
const unbounded = Infinity;
/** Larger factors would leave the range of 32-bit floats. */
const largestFactor = 2 ** 120;

/**
 * Measures points.
 *
 * Two passes over n * d values.
 *
 * @param points `[n, d]`, finite.
 * @returns Their frame.
 */
export const pointFrameOf = (points: Matrix): PointFrame => {
  const n = points.rows;
  const origin = middleOf(points);
  const factors = new Float32Array(n);
  const lengths = new Float32Array(n);
  const losses = new Float32Array(n);
  const moved = new Float64Array(points.columns);
  for (let i = 0; i < n; i++) {
    const { largest, squares } = move(points, i, origin, moved);
    if (largest > largestMoved) {
      lengths[i] = losses[i] = unbounded;
      continue;
    }
    const factor = largest === 0
      ? 0
      : Math.fround(Math.min(largestFactor, largestByte / largest));
    const length = Math.sqrt(squares);
    factors[i] = factor;
    lengths[i] = length * slack;
    losses[i] = (lossOf(moved, factor) + length * 2 ** -20) * slack;
  }
  return { origin, factors, lengths, losses };
};

const middleOf = (points: Matrix): Float32Array => {
  const { rows: n, columns: d } = points;
  const step = Math.ceil(n / sampled);
  const sums = new Float64Array(d);
  let count = 0;
  for (let i = 0; i < n; i += step, count++) {
    const point = row(points, i);
    for (let j = 0; j < d; j++) sums[j]! += point[j]!;
  }
  return Float32Array.from(sums, (sum) => sum / count);
};

const move = (
  { data, columns: d }: Matrix,
  i: number,
  origin: Float32Array,
  moved: Float64Array,
) => {
  let largest = 0;
  let squares = 0;
  for (let j = 0, at = i * d; j < d; j++, at++) {
    const value = data[at]! - origin[j]!;
    moved[j] = value;
    squares += value * value;
    const size = Math.abs(value);
    if (size > largest) largest = size;
  }
  return { largest, squares };
};

/** Length of what is left of a point after its bytes are taken away. */
const lossOf = (moved: Float64Array, factor: number): number => {
  let squares = 0;
  for (let j = 0; j < moved.length; j++) {
    const scaled = moved[j]! * factor;
    const loss = scaled - (scaled + rounder - rounder);
    squares += loss * loss;
  }
  return factor === 0 ? 0 : Math.sqrt(squares) / factor;
};
