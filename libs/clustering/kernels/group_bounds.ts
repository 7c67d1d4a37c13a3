/**
 * Bounds of the scores of each group of centroids, from the largest product of
 * the group and the error bound of `assign/error_bounds.ts`.
 *
 * @module
 */
import {
  type Expression,
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  i32x4,
  type Int,
  type Local,
  loopWhile,
  shuffle,
  type Statement,
  v128,
  type Vector,
  when,
  word,
} from "@deepcluster/core/wasm";
import type { SearchParts } from "./search_fields.ts";

/** Instructions on products of one type. */
export interface ProductInstructions {
  readonly max: (a: Vector, b: Vector) => Vector;
  /** Lanes of `a` that are below those of `b`. */
  readonly lt: (a: Vector, b: Vector) => Vector;
  /** Reads one as a double. */
  readonly load: (address: Int) => Expression<"f64">;
  /** Reads two as doubles. */
  readonly loadPair: (address: Int) => Vector;
  /** The first lane as a double. */
  readonly first: (values: Vector) => Expression<"f64">;
  /** Writes the first lane. */
  readonly storeFirst: (address: Int, values: Vector) => Statement;
}

/** The instructions by type. */
export const instructionsOf: Readonly<
  Record<SearchParts["products"], ProductInstructions>
> = {
  int32: {
    max: i32x4.max,
    lt: i32x4.lt,
    load: (address) => f64.convertInt(i32.load(address)),
    loadPair: (address) => f64x2.convertInts(v128.loadHalf(address)),
    first: (values) => f64.convertInt(i32x4.lane(values, 0)),
    storeFirst: (address, values) => i32.store(address, i32x4.lane(values, 0)),
  },
  float32: {
    max: f32x4.max,
    lt: f32x4.lt,
    load: (address) => f64.promote(f32.load(address)),
    loadPair: (address) => f64x2.promote(v128.loadHalf(address)),
    first: (values) => f64.promote(f32x4.lane(values, 0)),
    storeFirst: (address, values) => f32.store(address, f32x4.lane(values, 0)),
  },
};

/**
 * Reduces four lanes to their largest, in all lanes.
 *
 * @param values The variable that holds them.
 * @param max Of the type of the lanes.
 * @returns The statements.
 */
export const reduceLanes = (
  values: Local<"v128">,
  max: ProductInstructions["max"],
): readonly Statement[] => [
  values.set(max(values, shuffle(values, values, [2, 3, 0, 1]))),
  values.set(max(values, shuffle(values, values, [1, 0, 3, 2]))),
];

/**
 * Writes the largest product of each group of the point to `maxima`.
 *
 * @param parts See {@link SearchParts}.
 * @returns The statements.
 */
export const maximaOfGroups = (
  { declare, fields, point, products }: SearchParts,
): readonly Statement[] => {
  const { max, storeFirst } = instructionsOf[products];
  const { at, end, maximum, last, largest } = declare({
    at: "i32",
    end: "i32",
    maximum: "i32",
    last: "i32",
    largest: "v128",
  });
  return [
    at.set(point.product),
    maximum.set(fields.maxima),
    last.set(word(maximum, fields.groups)),
    loopWhile(
      i32.lt(maximum, last),
      end.set(word(at, fields.groupSize)),
      largest.set(v128.load(at)),
      loopWhile(
        i32.lt(at, end),
        ...[0, 16, 32, 48].map((offset) =>
          largest.set(max(largest, v128.load(at, offset)))
        ),
        at.set(i32.add(at, 64)),
      ),
      ...reduceLanes(largest, max),
      storeFirst(maximum, largest),
      maximum.set(i32.add(maximum, 4)),
    ),
  ];
};

/**
 * Writes the error bound of each group and the upper bound of its scores, and
 * raises the best lower bound. Two groups at a time; a spare one at the end has
 * `minBiases` of -Infinity.
 *
 * @param parts See {@link SearchParts}.
 * @returns The statements.
 */
export const boundGroups = (
  { declare, fields, point, products }: SearchParts,
): readonly Statement[] => {
  const { loadPair } = instructionsOf[products];
  const variables = declare({
    offset: "i32",
    end: "i32",
    scale: "v128",
    quantizationError: "v128",
    norm: "v128",
    sumError: "v128",
    errorBound: "v128",
    largest: "v128",
    bestLowerBound: "v128",
    other: "f64",
  });
  const { offset, end, scale, quantizationError, norm, sumError } = variables;
  const { errorBound, largest, bestLowerBound, other } = variables;
  const of = (field: Local<"i32">) => v128.load(i32.add(field, offset));
  const write = (field: Local<"i32">, value: Vector) =>
    v128.store(i32.add(field, offset), value);
  return [
    scale.set(f64x2.splat(point.scale)),
    quantizationError.set(f64x2.splat(point.quantizationError)),
    norm.set(f64x2.splat(f64.add(point.norm, point.quantizationError))),
    sumError.set(f64x2.splat(point.sumError)),
    bestLowerBound.set(f64x2.splat(point.bestLowerBound)),
    offset.set(0),
    end.set(i32.shl(fields.groups, 3)),
    loopWhile(
      i32.lt(offset, end),
      errorBound.set(f64x2.add(
        f64x2.add(
          f64x2.mul(quantizationError, of(fields.maxNorms)),
          f64x2.mul(norm, of(fields.errorsByNorm)),
        ),
        sumError,
      )),
      largest.set(f64x2.mul(
        f64x2.mul(scale, of(fields.scales)),
        loadPair(i32.add(fields.maxima, i32.shrU(offset, 1))),
      )),
      bestLowerBound.set(f64x2.max(
        bestLowerBound,
        f64x2.sub(f64x2.add(largest, of(fields.minBiases)), errorBound),
      )),
      write(fields.errorBounds, errorBound),
      write(
        fields.upperBounds,
        f64x2.add(f64x2.add(largest, of(fields.maxBiases)), errorBound),
      ),
      offset.set(i32.add(offset, 16)),
    ),
    point.bestLowerBound.set(f64x2.lane(bestLowerBound, 0)),
    other.set(f64x2.lane(bestLowerBound, 1)),
    when(
      f64.gt(other, point.bestLowerBound),
      point.bestLowerBound.set(other),
    ),
  ];
};
