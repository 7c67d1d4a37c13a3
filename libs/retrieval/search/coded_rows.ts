/**
 * Rows and queries as whole numbers of eight bits, with bounds on what the
 * rounding loses.
 *
 * Rows are shifted to an origin near their mean, which makes what is rounded
 * small: features of a network have much in common. 64 adjacent rows form a
 * group with one scale and one error bound, so that a whole group can be
 * discarded by its largest product.
 *
 * @module
 */
import { type Matrix, row } from "@deepcluster/core";
import type { ByteProducts } from "@deepcluster/gpu-backend";

/** Rows of a group. */
export const groupSize = 64;

/** The largest code of that many bits; codes are whole numbers from minus it. */
const maxCode = (bits: 7 | 8): number => 2 ** (bits - 1) - 1;

/** Covers the roundings in this file. */
const roundingMargin = 1 + 2 ** -30;

/** Rows whose mean is the origin, at most: any origin is correct. */
const maxSampled = 4096;

/** What is known of the codes of some rows; `[groups]` each. */
export interface RowBounds {
  /** A code times this is a component of a shifted row. */
  readonly scales: Float64Array;
  /** At least the norm of each shifted row. */
  readonly norms: Float64Array;
  /** At least the norm of what rounding to codes takes from each. */
  readonly errors: Float64Array;
}

/** Some rows as columns of codes. */
export interface CodedRows extends RowBounds {
  /**
   * `[d, groups * groupSize]` codes as floats; spare columns at the end repeat
   * the last row.
   */
  readonly codes: Float32Array;
}

/** One query as codes. */
export interface CodedQuery {
  /** A code times this is a component. */
  readonly scale: number;
  /** At least the norm of the query. */
  readonly norm: number;
  /** At least the norm of what rounding to codes takes from it. */
  readonly error: number;
  /** The product of query and origin. */
  readonly atOrigin: number;
}

/**
 * Chooses the origin of rows.
 *
 * @param rows `[n, d]`, at least one.
 * @returns `[d]`, the mean of a part of them.
 */
export const originOf = (rows: Matrix): Float32Array => {
  const step = Math.ceil(rows.rows / maxSampled);
  const sums = new Float64Array(rows.columns);
  let count = 0;
  for (let i = 0; i < rows.rows; i += step, count++) {
    const values = row(rows, i);
    for (let j = 0; j < sums.length; j++) sums[j]! += values[j]!;
  }
  return Float32Array.from(sums, (sum) => sum / count);
};

/**
 * Codes rows. O(count * d) time; repeatable.
 *
 * @param rows `[n, d]`, finite.
 * @param first The first row to code.
 * @param count How many.
 * @param origin `[d]`.
 * @param rounded Whether to round to codes. Otherwise the scaled components
 * stay as they are, without error, for products of floats.
 * @returns The codes and bounds.
 */
export const codeRows = (
  rows: Matrix,
  first: number,
  count: number,
  origin: Float32Array,
  rounded: boolean,
): CodedRows => {
  const d = rows.columns;
  const groups = Math.ceil(count / groupSize);
  const width = groups * groupSize;
  const coded = {
    codes: new Float32Array(d * width),
    scales: new Float64Array(groups),
    norms: new Float64Array(groups),
    errors: new Float64Array(groups),
  };
  const shifted = new Float64Array(groupSize * d);
  for (let g = 0; g < groups; g++) {
    const from = g * groupSize;
    const { largest, squares } = shift(
      rows,
      first + from,
      Math.min(groupSize, count - from),
      origin,
      shifted,
    );
    const scale = largest / maxCode(8);
    coded.scales[g] = scale;
    coded.norms[g] = Math.sqrt(squares) * roundingMargin;
    coded.errors[g] = encode(shifted, scale, rounded) * roundingMargin;
    for (let j = 0; j < d; j++) {
      const to = j * width + from;
      for (let i = 0; i < groupSize; i++) {
        coded.codes[to + i] = shifted[i * d + j]!;
      }
    }
  }
  return coded;
};

/** Writes a group of rows minus the origin, the last repeated to its end. */
const shift = (
  { data, columns: d }: Matrix,
  first: number,
  count: number,
  origin: Float32Array,
  shifted: Float64Array,
) => {
  let [largest, largestSquares] = [0, 0];
  for (let i = 0; i < count; i++) {
    const [from, to] = [(first + i) * d, i * d];
    let squares = 0;
    for (let j = 0; j < d; j++) {
      const value = data[from + j]! - origin[j]!;
      shifted[to + j] = value;
      squares += value * value;
      const magnitude = Math.abs(value);
      if (magnitude > largest) largest = magnitude;
    }
    if (squares > largestSquares) largestSquares = squares;
  }
  for (let i = count; i < groupSize; i++) {
    shifted.copyWithin(i * d, (count - 1) * d, count * d);
  }
  return { largest, squares: largestSquares };
};

/** Adding and subtracting it rounds a double to a whole number, ties to even. */
const rounder = 1.5 * 2 ** 52;

/** Replaces components by codes. Returns the largest norm of an error. */
const encode = (
  shifted: Float64Array,
  scale: number,
  rounded: boolean,
): number => {
  if (scale === 0) return 0;
  const d = shifted.length / groupSize;
  let largest = 0;
  for (let from = 0; from < shifted.length; from += d) {
    let squares = 0;
    for (let j = from; j < from + d; j++) {
      const component = shifted[j]!;
      const code = component / scale;
      shifted[j] = rounded ? code + rounder - rounder : code;
      if (!rounded) continue;
      const error = component - shifted[j]! * scale;
      squares += error * error;
    }
    if (squares > largest) largest = squares;
  }
  return Math.sqrt(largest);
};

/**
 * Codes a query.
 *
 * @param query `[d]`, finite.
 * @param origin `[d]`, that of the rows.
 * @param bits Of a code; 0 for components that are scaled and not rounded.
 * @param codes `[d]`, written to.
 * @returns Its scale and bounds.
 */
export const codeQuery = (
  query: Float32Array,
  origin: Float32Array,
  bits: ByteProducts,
  codes: Float32Array,
): CodedQuery => {
  let [largest, squares, errors, atOrigin] = [0, 0, 0, 0];
  for (let j = 0; j < query.length; j++) {
    const value = query[j]!;
    largest = Math.max(largest, Math.abs(value));
    squares += value * value;
    atOrigin += value * origin[j]!;
  }
  const rounded = bits !== 0;
  const scale = largest / maxCode(bits === 0 ? 8 : bits);
  for (let j = 0; j < query.length; j++) {
    const code = scale === 0 ? 0 : query[j]! / scale;
    codes[j] = rounded ? code + rounder - rounder : code;
    if (!rounded) continue;
    errors += (query[j]! - codes[j]! * scale) ** 2;
  }
  return {
    scale,
    norm: Math.sqrt(squares) * roundingMargin,
    error: Math.sqrt(errors) * roundingMargin,
    atOrigin,
  };
};
