/**
 * Centroids for products of 8-bit integers: shifted to the points' origin and
 * sorted by norm into groups, each with one scale and one error bound, so that
 * a whole group can be discarded by its largest product.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import { maxCode } from "./codes.ts";

/** How centroids are cut into groups. */
export interface GroupLayout {
  /** Columns of a group. */
  readonly groupSize: number;
  /** Number of groups. Spare columns at the end repeat the last centroid. */
  readonly groups: number;
}

/** How large centroids are, relative to the origin of the points. */
export interface CentroidMagnitudes {
  /** `[k]`: sum of the squares of each. */
  readonly squares: Float64Array;
  /** `[k]`: largest magnitude of a component of each. */
  readonly largest: Float64Array;
}

/** Centroids as columns, grouped, before any is quantized. */
export interface CentroidColumns extends GroupLayout {
  /** `[groups]`: a code times this is a component; 0 if all are the origin. */
  readonly scales: Float64Array;
  /**
   * Index of the centroid in each column without the spare ones: distinct
   * centroids, each under its lowest index, by ascending norm.
   */
  readonly centroidOfColumn: Int32Array;
  /** Whether some centroids equal others, and have no column. */
  readonly hasDuplicates: boolean;
  /** `[groups * groupSize]`: minus half the squared norm of each column. */
  readonly biases: Float64Array;
  /** `[groups]`: smallest bias of each group; the largest is its first. */
  readonly minBiases: Float64Array;
  /** `[groups]`: at least the norm of each shifted centroid of the group. */
  readonly maxNorms: Float64Array;
}

/** Centroids as the columns of a matrix of codes. */
export interface QuantizedCentroids extends CentroidColumns {
  /**
   * `[d, groups * groupSize]`: shifted centroids divided by their group's
   * scale, as columns. Rounded, they are 8-bit codes; fine products multiply
   * them as they are.
   */
  readonly codes: Float32Array;
  /** `[groups]`: at least the norm of what rounding to codes takes from each. */
  readonly quantizationErrors: Float64Array;
}

/** Covers the roundings in this file. */
const roundingMargin = 1 + 2 ** -18;

/**
 * Chooses groups of about the square root of k, in multiples of 16.
 *
 * @param k Number of centroids, at least 1.
 * @returns Groups with at least k columns.
 */
export const groupLayout = (k: number): GroupLayout => {
  const groupSize = Math.max(16, 16 * Math.round(Math.sqrt(k) / 16));
  return { groupSize, groups: Math.ceil(k / groupSize) };
};

/**
 * Arranges centroids as the columns of a matrix.
 *
 * Of equal centroids only the first gets a column: the others are never
 * assigned.
 *
 * @param centroids `[k, d]`, finite.
 * @param magnitudes See {@link CentroidMagnitudes}.
 * @param subset Indices of the centroids to arrange. Default: all.
 * @returns Their columns.
 */
export const arrangeCentroids = (
  centroids: Matrix,
  { squares, largest }: CentroidMagnitudes,
  subset: Int32Array = Int32Array.from({ length: centroids.rows }, (_, c) => c),
): CentroidColumns => {
  const layout = groupLayout(subset.length);
  const { groupSize, groups } = layout;
  const biasOf = squares.map((square) => -square / 2);
  const centroidOfColumn = distinct(centroids, biasOf, subset);
  const all = withSpareColumns(centroidOfColumn, layout);
  const biases = Float64Array.from(all, (c) => biasOf[c]!);
  const scales = new Float64Array(groups);
  for (let group = 0; group < groups; group++) {
    const to = (group + 1) * groupSize;
    let reach = 0;
    for (let column = to - groupSize; column < to; column++) {
      reach = Math.max(reach, largest[all[column]!]!);
    }
    scales[group] = reach / maxCode(8);
  }
  const minBiases = scales.map((_, group) =>
    biases[(group + 1) * groupSize - 1]!
  );
  return {
    ...layout,
    scales,
    centroidOfColumn,
    hasDuplicates: centroidOfColumn.length < subset.length,
    biases,
    minBiases,
    maxNorms: minBiases.map((bias) => Math.sqrt(-2 * bias) * roundingMargin),
  };
};

/**
 * Adds the spare columns at the end, which repeat the last centroid.
 *
 * @param centroidOfColumn See {@link CentroidColumns}.
 * @param layout The groups.
 * @returns The centroid of each of `groups * groupSize` columns.
 */
export const withSpareColumns = (
  centroidOfColumn: Int32Array,
  { groupSize, groups }: GroupLayout,
): Int32Array =>
  new Int32Array(groups * groupSize).fill(centroidOfColumn.at(-1)!)
    .map((last, column) => centroidOfColumn[column] ?? last);

/**
 * Bounds what rounding to codes takes from the centroids of a group.
 *
 * @param squares Largest sum of squares of what it takes from codes.
 * @param scale That of the group.
 * @param maxNorm Likewise.
 * @returns At least the norm of what it takes from each centroid.
 */
export const groupError = (
  squares: number,
  scale: number,
  maxNorm: number,
): number => (Math.sqrt(squares) * scale + maxNorm * 2 ** -20) * roundingMargin;

/**
 * Quantizes centroids for products with points of the same origin, as
 * {@link arrangeCentroids} arranges them.
 *
 * @param centroids `[k, d]`, finite.
 * @param origin `[d]`, that of the points.
 * @param subset Indices of the centroids to quantize. Default: all.
 * @returns Their columns.
 */
export const quantizeCentroids = (
  centroids: Matrix,
  origin: Float32Array,
  subset?: Int32Array,
): QuantizedCentroids => {
  const magnitudes = measure(centroids, origin);
  const columns = arrangeCentroids(centroids, magnitudes, subset);
  const codes = columnsOfCodes(centroids, origin, columns);
  const { groups, groupSize, maxNorms, scales } = columns;
  const width = groups * groupSize;
  const squares = new Float64Array(width);
  for (let at = 0; at < codes.length; at++) {
    squares[at % width]! += (codes[at]! - Math.round(codes[at]!)) ** 2;
  }
  const quantizationErrors = scales.map((scale, group) =>
    groupError(
      Math.max(...squares.subarray(group * groupSize, (group + 1) * groupSize)),
      scale,
      maxNorms[group]!,
    )
  );
  return { ...columns, codes, quantizationErrors };
};

/**
 * Divides shifted centroids by the scale of their group.
 *
 * @param centroids `[k, d]`.
 * @param origin `[d]`.
 * @param columns Their arrangement.
 * @returns `codes` of {@link QuantizedCentroids}.
 */
export const columnsOfCodes = (
  { columns: d, data }: Matrix,
  origin: Float32Array,
  { centroidOfColumn, scales, ...layout }: CentroidColumns,
): Float32Array => {
  const width = layout.groups * layout.groupSize;
  const codes = new Float32Array(d * width);
  withSpareColumns(centroidOfColumn, layout).forEach((c, column) => {
    const scale = scales[Math.floor(column / layout.groupSize)]!;
    if (scale === 0) return;
    for (let j = 0; j < d; j++) {
      codes[j * width + column] = (data[c * d + j]! - origin[j]!) / scale;
    }
  });
  return codes;
};

const measure = (
  { rows: k, columns: d, data }: Matrix,
  origin: Float32Array,
): CentroidMagnitudes => {
  const squares = new Float64Array(k);
  const largest = new Float64Array(k);
  for (let c = 0; c < k; c++) {
    for (let j = 0; j < d; j++) {
      const shifted = data[c * d + j]! - origin[j]!;
      squares[c]! += shifted * shifted;
      largest[c] = Math.max(largest[c]!, Math.abs(shifted));
    }
  }
  return { squares, largest };
};

/** Sorts centroids by descending bias and drops those equal to a lower index. */
const distinct = (
  centroids: Matrix,
  biases: Float64Array,
  subset: Int32Array,
): Int32Array => {
  const sorted = subset.toSorted((a, b) => biases[b]! - biases[a]! || a - b);
  const unique: number[] = [];
  let sameBias = 0;
  for (const c of sorted) {
    if (biases[c] !== biases[unique[sameBias] ?? c]) sameBias = unique.length;
    let equal = sameBias;
    while (equal < unique.length && !sameRow(centroids, c, unique[equal]!)) {
      equal++;
    }
    if (equal === unique.length) unique.push(c);
  }
  return Int32Array.from(unique);
};

const sameRow = (
  { columns: d, data }: Matrix,
  a: number,
  b: number,
): boolean => {
  for (let j = 0; j < d; j++) {
    if (data[a * d + j] !== data[b * d + j]) return false;
  }
  return true;
};
