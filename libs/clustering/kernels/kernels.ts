/**
 * The inner loops of k-means that are no matrix products, in vectors of 128
 * bits: WebAssembly, made when first needed, which runs alike in Deno, Node and
 * Bun. Nothing here imports anything but this folder and `core/wasm`, so that
 * threads load it fast.
 *
 * @module
 */
import { ownDistances } from "./own_distances.ts";
import {
  measureRows,
  quantizeColumns,
  quantizeRows,
  roundingErrors,
} from "./quantization.ts";
import { comparedIn, type SearchArrays } from "./search_memory.ts";
import { searchRows } from "./search_rows.ts";
import { encodeModule } from "@deepcluster/core/wasm";

/** An array of the workspace. */
type In<T> = T & { readonly buffer: ArrayBuffer };

/** Points of a block; its rows are named by `rows`, or all `count` of them. */
interface Block {
  /** `[h, d]`. */
  readonly points: In<Float32Array>;
  /** Features of a point. */
  readonly d: number;
  /** How many rows. */
  readonly count: number;
}

/** Functions on arrays of one workspace. */
export interface Kernels {
  /**
   * Sets `distances[i]` for the first `count` indices `i` in `rows` to the
   * squared distance of point `i` to centroid `assignments[i]`, in double: the
   * bits of `squaredDistance`.
   */
  readonly ownDistances: (
    arrays: Block & {
      /** `[k, d]`. */
      readonly centroids: In<Float32Array>;
      readonly rows: In<Int32Array>;
      readonly assignments: In<Int32Array>;
      readonly distances: In<Float64Array>;
    },
  ) => void;
  /**
   * Measures all rows relative to the origin: the largest magnitude of each and
   * the sum of its squares.
   */
  readonly measureRows: (
    arrays: Block & {
      /** `[d]`. */
      readonly origin: In<Float32Array>;
      readonly largest: In<Float64Array>;
      readonly squares: In<Float64Array>;
    },
  ) => void;
  /**
   * Sums the squares of what rounding takes from each row relative to the
   * origin, times its inverse scale.
   */
  readonly roundingErrors: (
    arrays: Block & {
      /** `[d]`. */
      readonly origin: In<Float32Array>;
      readonly inverseScales: In<Float32Array>;
      readonly squares: In<Float64Array>;
    },
  ) => void;
  /**
   * Quantises the first `count` points of `rows`, side by side: relative to the
   * origin, times the point's inverse scale, rounded, plus `zeroPoint`.
   */
  readonly quantizeRows: (
    arrays: Block & {
      /** `[d]`. */
      readonly origin: In<Float32Array>;
      readonly rows: In<Int32Array>;
      /** By point, not by the order of `rows`. */
      readonly inverseScales: In<Float32Array>;
      readonly zeroPoint: number;
      /** `[count, d]`. */
      readonly codes: In<Uint8Array>;
    },
  ) => void;
  /**
   * Quantises centroids to columns `from` to `to` of codes: relative to the
   * origin, divided by `scale`, rounded.
   */
  readonly quantizeColumns: (arrays: {
    /** `[k, d]`. */
    readonly centroids: In<Float32Array>;
    /** `[d]`. */
    readonly origin: In<Float32Array>;
    /** `[columns]`. */
    readonly centroidOfColumn: In<Int32Array>;
    readonly from: number;
    readonly to: number;
    readonly scale: number;
    /** `[d, columns]`. */
    readonly codes: In<Int8Array>;
    /** `[columns]`: sum of the squares of what rounding takes. */
    readonly squares: In<Float64Array>;
  }) => void;
  /**
   * Assigns the first `count` points of `rows`, from their products of 8-bit
   * integers or of floats. Returns how many centroids were compared with
   * points, beyond the assignments that these had.
   */
  readonly searchRows: (
    products: "int32" | "float32",
    arrays: SearchArrays,
    count: number,
  ) => number;
}

/** What the module exports: functions of addresses and numbers. */
type Exports = Readonly<
  Record<string, (...values: readonly number[]) => void>
>;

let compiled: WebAssembly.Module | undefined;

const compile = (): WebAssembly.Module =>
  new WebAssembly.Module(encodeModule({
    ownDistances: ownDistances(),
    measureRows: measureRows(),
    roundingErrors: roundingErrors(),
    quantizeRows: quantizeRows(),
    quantizeColumns: quantizeColumns(),
    searchInts: searchRows("int32"),
    searchFloats: searchRows("float32"),
  }));

/**
 * Makes kernels that compute in a memory.
 *
 * @param memory The memory of a workspace.
 * @returns The kernels.
 */
export const kernelsIn = (memory: WebAssembly.Memory): Kernels => {
  compiled ??= compile();
  const wasm = new WebAssembly.Instance(compiled, { env: { memory } })
    .exports as unknown as Exports;
  return {
    ownDistances: (a) =>
      wasm.ownDistances!(
        a.points.byteOffset,
        a.centroids.byteOffset,
        a.d,
        a.rows.byteOffset,
        a.count,
        a.assignments.byteOffset,
        a.distances.byteOffset,
      ),
    measureRows: (a) =>
      wasm.measureRows!(
        a.points.byteOffset,
        a.origin.byteOffset,
        a.count,
        a.d,
        a.largest.byteOffset,
        a.squares.byteOffset,
      ),
    roundingErrors: (a) =>
      wasm.roundingErrors!(
        a.points.byteOffset,
        a.origin.byteOffset,
        a.count,
        a.d,
        a.inverseScales.byteOffset,
        a.squares.byteOffset,
      ),
    quantizeRows: (a) =>
      wasm.quantizeRows!(
        a.points.byteOffset,
        a.origin.byteOffset,
        a.d,
        a.rows.byteOffset,
        a.count,
        a.inverseScales.byteOffset,
        a.zeroPoint,
        a.codes.byteOffset,
      ),
    quantizeColumns: (a) =>
      wasm.quantizeColumns!(
        a.centroids.byteOffset,
        a.origin.byteOffset,
        a.origin.length,
        a.centroidOfColumn.byteOffset,
        a.from,
        a.to,
        a.centroidOfColumn.length,
        a.scale,
        a.codes.byteOffset,
        a.squares.byteOffset,
      ),
    searchRows: (products, arrays, count) => {
      const search = products === "int32" ? "searchInts" : "searchFloats";
      wasm[search]!(arrays.fields.byteOffset, count);
      return comparedIn(arrays);
    },
  };
};
