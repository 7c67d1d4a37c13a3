/**
 * Centroids for products of 8-bit integers: shifted to the points' origin and
 * sorted by norm into groups, each with one scale and one error bound, so that
 * a whole group can be discarded by its largest product.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import { maxCode } from "./quantized_points.ts";

/** How centroids are cut into groups. */
export interface GroupLayout {
  /** Columns of a group. */
  readonly groupSize: number;
  /** Number of groups. Spare columns at the end repeat the last centroid. */
  readonly groups: number;
}

/** Centroids as the columns of a matrix of codes. */
export interface QuantizedCentroids extends GroupLayout {
  /**
   * `[d, groups * groupSize]`: shifted centroids divided by their group's
   * scale, as columns. Rounded, they are 8-bit codes; fine products multiply
   * them as they are.
   */
  readonly codes: Float32Array;
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
 * Quantizes centroids for products with points of the same origin.
 *
 * O(k * d) time. Of equal centroids only the first gets a column: the others
 * are never assigned.
 *
 * @param centroids `[k, d]`, finite.
 * @param origin `[d]`, that of the points.
 * @param subset Indices of the centroids to quantize. Default: all.
 * @returns Their columns.
 */
export const quantizeCentroids = (
  centroids: Matrix,
  origin: Float32Array,
  subset: Int32Array = Int32Array.from({ length: centroids.rows }, (_, c) => c),
): QuantizedCentroids => {
  const { columns: d } = centroids;
  const { groupSize, groups } = groupLayout(subset.length);
  const { biases: biasOf, reaches } = measure(centroids, origin);
  const centroidOfColumn = distinct(centroids, biasOf, subset);
  const columns = groups * groupSize;
  const at = Int32Array.from(
    { length: columns },
    (_, column) =>
      centroidOfColumn[Math.min(column, centroidOfColumn.length - 1)]!,
  );
  const biases = Float64Array.from(at, (c) => biasOf[c]!);
  const codes = new Float32Array(d * columns);
  const scales = new Float64Array(groups);
  const maxNorms = new Float64Array(groups);
  const quantizationErrors = new Float64Array(groups);
  for (let group = 0; group < groups; group++) {
    const from = group * groupSize;
    const to = from + groupSize;
    let reach = 0;
    for (let g = from; g < to; g++) reach = Math.max(reach, reaches[at[g]!]!);
    const scale = scales[group] = reach / maxCode(8);
    let error = 0;
    for (let column = from; column < to; column++) {
      const first = at[column]! * d;
      let squares = 0;
      for (let j = 0; j < d; j++) {
        const scaled = scale === 0
          ? 0
          : (centroids.data[first + j]! - origin[j]!) / scale;
        codes[j * columns + column] = scaled;
        squares += (scaled - Math.round(scaled)) ** 2;
      }
      error = Math.max(error, Math.sqrt(squares) * scale);
    }
    const norm = Math.sqrt(-2 * biases[to - 1]!);
    maxNorms[group] = norm * roundingMargin;
    quantizationErrors[group] = (error + norm * 2 ** -20) * roundingMargin;
  }
  return {
    groupSize,
    groups,
    codes,
    scales,
    centroidOfColumn,
    hasDuplicates: centroidOfColumn.length < subset.length,
    biases,
    minBiases: Float64Array.from(
      { length: groups },
      (_, group) => biases[(group + 1) * groupSize - 1]!,
    ),
    maxNorms,
    quantizationErrors,
  };
};

/** Returns each centroid's bias and its largest shifted component. */
const measure = (
  { rows: k, columns: d, data }: Matrix,
  origin: Float32Array,
) => {
  const biases = new Float64Array(k);
  const reaches = new Float64Array(k);
  for (let c = 0; c < k; c++) {
    let squares = 0;
    let reach = 0;
    for (let j = 0; j < d; j++) {
      const shifted = data[c * d + j]! - origin[j]!;
      squares += shifted * shifted;
      reach = Math.max(reach, Math.abs(shifted));
    }
    biases[c] = -squares / 2;
    reaches[c] = reach;
  }
  return { biases, reaches };
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
