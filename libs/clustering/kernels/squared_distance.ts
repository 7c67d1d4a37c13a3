/**
 * Squared distances in double precision, added up in the order of
 * `assign/distances.ts`, so that they have the same bits.
 *
 * @module
 */
import {
  type Declare,
  f32,
  f64,
  f64x2,
  i32,
  type Local,
  loopWhile,
  type Statement,
  v128,
  word,
} from "@deepcluster/core/wasm";

/** The variables of a distance. */
export interface DistanceOperands {
  /** Address of the one row, which is advanced. */
  readonly a: Local<"i32">;
  /** Address of the other, which is advanced. */
  readonly b: Local<"i32">;
  /** Number of features. */
  readonly d: Local<"i32">;
  /** Receives the distance. */
  readonly distance: Local<"f64">;
}

/**
 * Computes the squared distance between two rows.
 *
 * @param declare Of the function.
 * @param operands See {@link DistanceOperands}.
 * @returns The statements. Lanes hold the four partial sums; what is left of
 * `d` after steps of four is added to the first.
 */
export const squaredDistance = (
  declare: Declare,
  { a, b, d, distance }: DistanceOperands,
): readonly Statement[] => {
  const { end, first, last, difference, single } = declare({
    end: "i32",
    first: "v128",
    last: "v128",
    difference: "v128",
    single: "f64",
  });
  const addPair = (sums: Local<"v128">, offset: number) => [
    difference.set(f64x2.sub(
      f64x2.promote(v128.loadHalf(a, offset)),
      f64x2.promote(v128.loadHalf(b, offset)),
    )),
    sums.set(f64x2.add(sums, f64x2.mul(difference, difference))),
  ];
  return [
    first.set(v128.zero),
    last.set(v128.zero),
    end.set(word(a, i32.and(d, -4))),
    loopWhile(
      i32.lt(a, end),
      ...addPair(first, 0),
      ...addPair(last, 8),
      a.set(i32.add(a, 16)),
      b.set(i32.add(b, 16)),
    ),
    distance.set(f64x2.lane(first, 0)),
    end.set(word(a, i32.and(d, 3))),
    loopWhile(
      i32.lt(a, end),
      single.set(f64.sub(f64.promote(f32.load(a)), f64.promote(f32.load(b)))),
      distance.set(f64.add(distance, f64.mul(single, single))),
      a.set(i32.add(a, 4)),
      b.set(i32.add(b, 4)),
    ),
    distance.set(f64.add(
      f64.add(distance, f64x2.lane(first, 1)),
      f64.add(f64x2.lane(last, 0), f64x2.lane(last, 1)),
    )),
  ];
};
