/**
 * The arrays of a search in a workspace: a block of points, its products, the
 * centroids, and what the kernel needs beside these.
 *
 * @module
 */
import type { Arrays, Layout } from "@deepcluster/core/wasm";
import {
  doubleFields,
  doublesAt,
  fieldsBytes,
  wordFields,
} from "./search_fields.ts";

/** Sizes of a search. */
export interface SearchSizes {
  /** Largest number of rows of a block. */
  readonly rows: number;
  /** Features of a point. */
  readonly d: number;
  /** Number of centroids. */
  readonly k: number;
  /** Groups of columns. */
  readonly groups: number;
  /** Columns of a group, a multiple of 16. */
  readonly groupSize: number;
}

/**
 * Lays out the arrays of a search.
 *
 * @param sizes See {@link SearchSizes}.
 * @returns The layout, to be allocated, perhaps with other arrays.
 */
export const searchLayout = (
  { rows, d, k, groups, groupSize }: SearchSizes,
) => {
  const columns = groups * groupSize;
  // The kernel reads groups in pairs.
  const pairs = groups + groups % 2;
  return {
    /** `[rows, d]`: a block of points. */
    points: [Float32Array, rows * d],
    /** `[rows]`, as in `QuantizedPoints`; likewise the next two. */
    inverseScales: [Float32Array, rows],
    norms: [Float32Array, rows],
    quantizationErrors: [Float32Array, rows],
    /** `[rows]`: read and written, as in `AssignmentBounds`; -1 for none. */
    assignments: [Int32Array, rows],
    /** `[rows]`: read and written; Infinity without an assignment. */
    distances: [Float64Array, rows],
    /** `[rows]`: written; in a partial search lowered. */
    lowerBounds: [Float64Array, rows],
    /** `[rows]`: which points of the block are searched. */
    rows: [Int32Array, rows],
    /** `[rows, columns]`: one row for each of `rows`; or floats in its place. */
    products: [Int32Array, rows * columns],
    /** `[k, d]`. */
    centroids: [Float32Array, k * d],
    /** `[columns]`, as in `QuantizedCentroids`; likewise the next ones. */
    centroidOfColumn: [Int32Array, columns],
    biases: [Float64Array, columns],
    /** `[groups]`. */
    scales: [Float64Array, pairs],
    minBiases: [Float64Array, pairs],
    maxBiases: [Float64Array, pairs],
    maxNorms: [Float64Array, pairs],
    /** `[groups]`: what a point's norm is multiplied by in an error bound. */
    errorsByNorm: [Float64Array, pairs],
    /** Scratch of the kernel. */
    maxima: [Int32Array, pairs],
    errorBounds: [Float64Array, pairs],
    upperBounds: [Float64Array, pairs],
    passingGroups: [Int32Array, pairs],
    candidates: [Int32Array, columns],
    candidateBounds: [Float64Array, columns],
    /** What {@link writeFields} writes, and `searchRows` takes. */
    fields: [Int32Array, fieldsBytes / 4],
  } as const satisfies Layout;
};

/** The arrays of a search. */
export type SearchArrays = Arrays<ReturnType<typeof searchLayout>>;

/** What a search depends on, beside its arrays. */
export interface SearchNumbers
  extends Pick<SearchSizes, "d" | "groups" | "groupSize"> {
  /** Columns without the spare ones. */
  readonly columns: number;
  /** Whether some centroids equal others, and have no column. */
  readonly hasDuplicates: boolean;
  /** Whether `lowerBounds` holds for centroids that are not compared. */
  readonly partial: boolean;
  /** The largest norm of a centroid. */
  readonly maxNorm: number;
  /** Error of sums in double, by the square of the sum of two norms. */
  readonly sumRounding: number;
}

/**
 * Writes the fields of a search. The arrays of centroids are written before or
 * after.
 *
 * @param arrays Those of {@link searchLayout}.
 * @param numbers See {@link SearchNumbers}.
 */
export const writeFields = (
  arrays: SearchArrays,
  numbers: SearchNumbers,
): void => {
  const { fields } = arrays;
  const values: Readonly<Record<string, number | boolean>> = {
    ...Object.fromEntries(
      Object.entries(arrays).map(([name, { byteOffset }]) => [
        name,
        byteOffset,
      ]),
    ),
    ...numbers,
    computed: 0,
  };
  wordFields.forEach((name, i) => {
    fields[i] = Number(values[name]);
  });
  new Float64Array(
    fields.buffer,
    fields.byteOffset + doublesAt,
    doubleFields.length,
  ).set(doubleFields.map((name) => Number(values[name])));
};

/** What a search knows of centroids, as in `QuantizedCentroids`. */
export interface CentroidTables {
  /** Columns of a group. */
  readonly groupSize: number;
  /** The centroid in each column without the spare ones. */
  readonly centroidOfColumn: Int32Array;
  /** `[columns]`. */
  readonly biases: Float64Array;
  /** `[groups]`. */
  readonly scales: Float64Array;
  /** `[groups]`. */
  readonly minBiases: Float64Array;
  /** `[groups]`. */
  readonly maxNorms: Float64Array;
}

/**
 * Writes what a search knows of the centroids, except their values and
 * `errorsByNorm`.
 *
 * @param arrays Those of {@link searchLayout}.
 * @param tables See {@link CentroidTables}.
 */
export const writeCentroids = (
  arrays: SearchArrays,
  { groupSize, ...tables }: CentroidTables,
): void => {
  arrays.centroidOfColumn.set(tables.centroidOfColumn);
  arrays.biases.set(tables.biases);
  arrays.scales.fill(0).set(tables.scales);
  arrays.minBiases.fill(-Infinity).set(tables.minBiases);
  arrays.maxBiases.fill(-Infinity).set(
    tables.scales.map((_, group) => tables.biases[group * groupSize]!),
  );
  arrays.maxNorms.fill(0).set(tables.maxNorms);
};

/**
 * Returns how many centroids the latest search compared with points, beyond
 * their assignments before.
 *
 * @param arrays Those of {@link searchLayout}.
 * @returns The number, over all points.
 */
export const comparedIn = ({ fields }: SearchArrays): number =>
  fields[wordFields.indexOf("computed")]!;
