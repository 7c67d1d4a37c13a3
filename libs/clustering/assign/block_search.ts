/**
 * Blocks of points that are compared with centroids: their products and the
 * kernels, in the memory of one thread.
 *
 * @module
 */
import type { ByteProducts } from "@deepcluster/gpu-backend";
import type { Multiplier } from "@deepcluster/gpu-backend/multiplier";
import type { Kernels } from "../kernels/kernels.ts";
import type { Arrays, Layout } from "@deepcluster/core/wasm";
import {
  searchLayout,
  writeCentroids,
  writeFields,
} from "../kernels/search_memory.ts";
import type { PointArrays } from "./shared_points.ts";
import {
  arrangeCentroids,
  type CentroidColumns,
  type CentroidMagnitudes,
  columnsOfCodes,
  groupError,
  groupLayout,
  withSpareColumns,
} from "./quantized_centroids.ts";

/** How points are compared. */
export interface SearchKind {
  /** `Capabilities.byteProducts`. */
  readonly bits: ByteProducts;
  /** See `AssignmentRound`. */
  readonly floatRounding: number;
  /**
   * Whether the lower bounds of the points hold for the centroids that are not
   * compared.
   */
  readonly partial: boolean;
}

/** Sizes of a search among `k` centroids. */
export interface BlockSizes {
  /** Rows of a block. */
  readonly height: number;
  /** Features of a point. */
  readonly d: number;
  /** Number of all centroids. */
  readonly k: number;
  /** Number of those that are compared. */
  readonly compared: number;
}

/** A block of points and the centroids that it is compared with. */
export interface BlockSearch {
  /** The points of the block, by row. */
  readonly arrays: BlockArrays;
  /** `[height]`: index of the point in each row. */
  readonly ids: Int32Array;
  /** How many rows are filled. */
  filled: number;
  /** How many of them are compared: the first ones of `arrays.rows`. */
  count: number;
  /**
   * Prepares for the centroids and the origin in `arrays`, before the first
   * block.
   */
  readonly begin: (
    magnitudes: CentroidMagnitudes,
    active?: Int32Array,
  ) => void;
  /** Assigns the points of the block, and empties it. */
  readonly finish: (into: PointArrays) => Promise<void>;
}

/** The arrays of a search, with what its products are made of. */
export type BlockArrays = Arrays<ReturnType<typeof blockLayout>>;

/** Rounding of sums and of what is stored in 32-bit floats. */
const storedRounding = 2 ** -20;

/** With more exact distances a point, products of floats cost less. */
const maxExactDistances = (k: number): number => 2 + k / 64;

/**
 * Lays out the arrays of a search.
 *
 * @param sizes See {@link BlockSizes}.
 * @returns The layout.
 */
export const blockLayout = ({ height, d, k, compared }: BlockSizes) => {
  const layout = groupLayout(compared);
  const columns = layout.groups * layout.groupSize;
  return {
    ...searchLayout({ rows: height, d, k, ...layout }),
    /** `[d]`. */
    origin: [Float32Array, d],
    /** `[height, d]`: the points as codes. */
    pointCodes: [Uint8Array, height * d],
    /** `[d, columns]`: the centroids as codes. */
    centroidCodes: [Int8Array, d * columns],
    /** `[columns]`, scratch. */
    squares: [Float64Array, columns],
  } as const satisfies Layout;
};

/**
 * Arrays that searches in one memory may share: what all read, and what is not
 * needed any more when the next one begins.
 */
export const shareable: readonly string[] = [
  "centroids",
  "origin",
  "products",
  "pointCodes",
];

/**
 * Prepares a search.
 *
 * @param arrays Those of {@link blockLayout}.
 * @param sizes The same as there.
 * @param kernels Those of the arrays' memory.
 * @param multiplier Multiplies.
 * @param kind See {@link SearchKind}.
 * @returns The search, without points.
 */
export const openBlockSearch = (
  arrays: BlockArrays,
  { height, d, k, compared }: BlockSizes,
  kernels: Kernels,
  multiplier: Multiplier,
  { bits, floatRounding, partial }: SearchKind,
): BlockSearch => {
  const layout = groupLayout(compared);
  const { groups, groupSize } = layout;
  const n = groups * groupSize;
  const zeroPoint = bits === 7 ? 64 : 128;
  const ids = new Int32Array(height);
  let columns: CentroidColumns;
  let errors = new Float64Array(groups);
  let fine: FineFactors | undefined;

  const quantize = () => {
    errors = columns.scales.map((scale, group) => {
      const from = group * groupSize;
      const to = from + groupSize;
      kernels.quantizeColumns({
        ...arrays,
        codes: arrays.centroidCodes,
        from,
        to,
        scale,
      });
      let squares = 0;
      for (let column = from; column < to; column++) {
        squares = Math.max(squares, arrays.squares[column]!);
      }
      return groupError(squares, scale, columns.maxNorms[group]!);
    });
  };
  const writeErrors = (rounding: number, coarse: boolean) =>
    errors.forEach((error, group) => {
      arrays.errorsByNorm[group] = (coarse ? error : 0) +
        rounding * (columns.maxNorms[group]! + error);
    });

  const beFine = () => {
    fine = {
      points: new Float32Array(height * d),
      centroids: columnsOfCodes(
        { rows: k, columns: d, data: arrays.centroids },
        arrays.origin,
        columns,
      ),
    };
    writeErrors(storedRounding + floatRounding, false);
  };

  const multiply = async (count: number) => {
    const { products } = arrays;
    const sizes = { m: count, d, n };
    if (fine === undefined) {
      kernels.quantizeRows({
        ...arrays,
        codes: arrays.pointCodes,
        d,
        count,
        zeroPoint,
      });
      const { pointCodes, centroidCodes } = arrays;
      await multiplier.bytes(
        pointCodes,
        centroidCodes,
        products,
        sizes,
        zeroPoint,
      );
    } else {
      scaleRows(arrays, d, count, fine.points);
      const { buffer, byteOffset, length } = products;
      await multiplier.floats(
        fine.points,
        fine.centroids,
        new Float32Array(buffer, byteOffset, length),
        sizes,
      );
    }
  };

  const search: BlockSearch = {
    arrays,
    ids,
    filled: 0,
    count: 0,
    begin: (magnitudes, active) => {
      fine = undefined;
      columns = arrangeCentroids(
        { rows: k, columns: d, data: arrays.centroids },
        magnitudes,
        active,
      );
      writeCentroids(arrays, columns);
      arrays.centroidOfColumn.set(
        withSpareColumns(columns.centroidOfColumn, layout),
      );
      if (bits === 0) beFine();
      else {
        quantize();
        writeErrors(storedRounding, true);
      }
      writeFields(arrays, {
        d,
        groups,
        groupSize,
        columns: columns.centroidOfColumn.length,
        hasDuplicates: columns.hasDuplicates,
        partial,
        maxNorm: columns.maxNorms.at(-1)!,
        sumRounding: d * 2 ** -50,
      });
    },
    finish: async (into) => {
      const { count } = search;
      search.filled = 0;
      if (count === 0) return;
      await multiply(count);
      const compared = kernels.searchRows(
        fine === undefined ? "int32" : "float32",
        arrays,
        count,
      );
      for (let r = 0; r < count; r++) {
        const row = arrays.rows[r]!;
        const i = ids[row]!;
        into.assignments[i] = arrays.assignments[row]!;
        into.distances[i] = arrays.distances[row]!;
        into.lowerBounds[i] = arrays.lowerBounds[row]!;
      }
      search.count = 0;
      if (fine !== undefined || compared <= count * maxExactDistances(n)) {
        return;
      }
      beFine();
    },
  };
  return search;
};

/** Factors of products of 32-bit floats. */
interface FineFactors {
  /** `[height, d]`: points relative to the origin, times their inverse scale. */
  readonly points: Float32Array;
  /** `[d, columns]`. */
  readonly centroids: Float32Array;
}

const scaleRows = (
  { points, origin, inverseScales, rows }: BlockArrays,
  d: number,
  count: number,
  scaled: Float32Array,
): void => {
  const { fround } = Math;
  for (let r = 0, at = 0; r < count; r++) {
    const row = rows[r]!;
    const inverseScale = inverseScales[row]!;
    for (let j = 0; j < d; j++, at++) {
      scaled[at] = fround(points[row * d + j]! - origin[j]!) * inverseScale;
    }
  }
};
