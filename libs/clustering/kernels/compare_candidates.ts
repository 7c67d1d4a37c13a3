/**
 * The nearest of a point's candidates by distances in double precision, the
 * lowest index of equally near ones, and a lower bound on the distance to all
 * others.
 *
 * Most candidates are farther than the nearest by more than 32-bit floats can
 * be wrong; their distances in double are not needed.
 *
 * @module
 */
import { raise } from "./scan_groups.ts";
import type { SearchParts } from "./search_fields.ts";
import { squaredDistance } from "./squared_distance.ts";
import {
  doubleWord,
  type Expression,
  f32x4,
  f64,
  i32,
  type Int,
  type Local,
  loopWhile,
  type Statement,
  v128,
  when,
  whenElse,
  word,
} from "@deepcluster/core/wasm";

/** Covers the roundings of a square root and of a distance. */
const distanceMargin = 1 - 2 ** -30;

/**
 * Computes `(|x|² - u²) / 2`, the score of a centroid at the distance u.
 *
 * @param point The point x, whose norm is finite.
 * @param distance The square of u.
 * @returns The score, or slightly less.
 */
export const scoreAtLeast = (
  { squaredNorm }: SearchParts["point"],
  distance: Expression<"f64">,
): Expression<"f64"> =>
  f64.mul(
    f64.sub(squaredNorm, f64.div(distance, f64.const(distanceMargin))),
    f64.const(0.5),
  );

/**
 * Compares the candidates and writes the point's assignment, its distance and
 * its lower bound; counts the centroids compared in `computed`.
 *
 * @param parts See {@link SearchParts}.
 * @returns The statements.
 */
export const compareCandidates = (parts: SearchParts): readonly Statement[] => {
  const { declare, fields, point } = parts;
  const { i, bestLowerBound, discardedUpperBound, candidateCount } = point;
  const variables = declare({
    current: "i32",
    nearest: "i32",
    distance: "f64",
    secondDistance: "f64",
    n: "i32",
    c: "i32",
    upperBound: "f64",
    isNew: "i32",
  });
  const { current, nearest, distance, secondDistance, n, c } = variables;
  const { upperBound, isNew } = variables;
  return [
    current.set(i32.load(word(fields.assignments, i))),
    nearest.set(current),
    distance.set(f64.load(doubleWord(fields.distances, i))),
    secondDistance.set(f64.const(Infinity)),
    isNew.set(i32.and(
      i32.lt(current, 0),
      f64.lt(point.squaredNorm, f64.const(Infinity)),
    )),
    when(isNew, ...highestFirst(parts)),
    n.set(0),
    loopWhile(
      i32.lt(n, candidateCount),
      upperBound.set(f64.load(doubleWord(fields.candidateBounds, n))),
      whenElse(
        f64.lt(upperBound, bestLowerBound),
        [raise(discardedUpperBound, upperBound)],
        [
          c.set(i32.load(
            word(fields.centroidOfColumn, i32.load(word(fields.candidates, n))),
          )),
          when(
            i32.ne(c, current),
            ...compareCentroid(parts, c, variables),
            fields.computed.set(i32.add(fields.computed, 1)),
            when(isNew, raise(bestLowerBound, scoreAtLeast(point, distance))),
          ),
        ],
      ),
      n.set(i32.add(n, 1)),
    ),
    i32.store(word(fields.assignments, i), nearest),
    f64.store(doubleWord(fields.distances, i), distance),
    ...writeLowerBound(parts, variables),
  ];
};

/**
 * Exchanges the first candidate and the one with the highest upper bound. Where
 * nothing was known of the point, that one's distance spares most of the others.
 */
const highestFirst = (
  { declare, fields, point }: SearchParts,
): readonly Statement[] => {
  const { n, highest, first, bound, column } = declare({
    n: "i32",
    highest: "i32",
    first: "f64",
    bound: "f64",
    column: "i32",
  });
  const { candidates, candidateBounds } = fields;
  const boundOf = (index: Int) => doubleWord(candidateBounds, index);
  const columnOf = (index: Int) => word(candidates, index);
  return [
    highest.set(0),
    first.set(f64.load(candidateBounds)),
    bound.set(first),
    n.set(1),
    loopWhile(
      i32.lt(n, point.candidateCount),
      when(
        f64.gt(f64.load(boundOf(n)), bound),
        highest.set(n),
        bound.set(f64.load(boundOf(n))),
      ),
      n.set(i32.add(n, 1)),
    ),
    column.set(i32.load(candidates)),
    i32.store(candidates, i32.load(columnOf(highest))),
    i32.store(columnOf(highest), column),
    f64.store(candidateBounds, bound),
    f64.store(boundOf(highest), first),
  ];
};

/** The nearest and the second so far. */
interface Nearest {
  readonly nearest: Local<"i32">;
  readonly distance: Local<"f64">;
  readonly secondDistance: Local<"f64">;
}

const compareCentroid = (
  { declare, fields, point }: SearchParts,
  c: Local<"i32">,
  { nearest, distance, secondDistance }: Nearest,
): readonly Statement[] => {
  const { d } = fields;
  const { a, b, first, second, computed } = declare({
    a: "i32",
    b: "i32",
    first: "i32",
    second: "i32",
    computed: "f64",
  });
  return [
    first.set(word(fields.points, i32.mul(point.i, d))),
    second.set(word(fields.centroids, i32.mul(c, d))),
    a.set(first),
    b.set(second),
    ...distanceAtLeast(declare, { a, b, d, distance: computed }),
    // Not where it overflowed.
    when(
      i32.eqz(i32.and(
        f64.gt(computed, distance),
        f64.lt(computed, f64.const(Infinity)),
      )),
      a.set(first),
      b.set(second),
      ...squaredDistance(declare, { a, b, d, distance: computed }),
    ),
    whenElse(
      i32.or(
        f64.lt(computed, distance),
        i32.and(f64.eq(computed, distance), i32.lt(c, nearest)),
      ),
      [
        secondDistance.set(distance),
        nearest.set(c),
        distance.set(computed),
      ],
      [
        when(
          f64.lt(computed, secondDistance),
          secondDistance.set(computed),
        ),
      ],
    ),
  ];
};

/**
 * Sums squared differences in 32-bit floats, in eight partial sums, and takes
 * off by how much that can be too large: each square by three roundings, each
 * partial sum by one for each of its terms, their sum by three, and what
 * underflows. Up to seven features are left out, which makes it smaller.
 */
const distanceAtLeast = (
  declare: SearchParts["declare"],
  { a, b, d, distance }:
    & Record<"a" | "b" | "d", Local<"i32">>
    & Record<"distance", Local<"f64">>,
): readonly Statement[] => {
  const { end, even, odd, difference, features } = declare({
    end: "i32",
    even: "v128",
    odd: "v128",
    difference: "v128",
    features: "f64",
  });
  const addFour = (sums: Local<"v128">, offset: number) => [
    difference.set(f32x4.sub(v128.load(a, offset), v128.load(b, offset))),
    sums.set(f32x4.add(sums, f32x4.mul(difference, difference))),
  ];
  const lane = (index: number) => f64.promote(f32x4.lane(even, index));
  return [
    even.set(v128.zero),
    odd.set(v128.zero),
    end.set(word(a, i32.and(d, -8))),
    loopWhile(
      i32.lt(a, end),
      ...addFour(even, 0),
      ...addFour(odd, 16),
      a.set(i32.add(a, 32)),
      b.set(i32.add(b, 32)),
    ),
    even.set(f32x4.add(even, odd)),
    features.set(f64.convertInt(d)),
    distance.set(f64.add(f64.add(lane(0), lane(1)), f64.add(lane(2), lane(3)))),
    distance.set(f64.sub(
      f64.mul(
        distance,
        f64.sub(
          f64.const(1 - 2 ** -20),
          f64.mul(features, f64.const(2 ** -27)),
        ),
      ),
      f64.mul(features, f64.const(2 ** -148)),
    )),
  ];
};

const writeLowerBound = (
  { declare, fields, point }: SearchParts,
  { distance, secondDistance }: Nearest,
): readonly Statement[] => {
  const { bound, address } = declare({ bound: "f64", address: "i32" });
  return [
    bound.set(f64.min(
      secondDistance,
      f64.sub(
        point.squaredNorm,
        f64.mul(f64.const(2), point.discardedUpperBound),
      ),
    )),
    when(fields.hasDuplicates, bound.set(f64.min(bound, distance))),
    whenElse(
      f64.gt(bound, f64.const(0)),
      [bound.set(f64.mul(f64.sqrt(bound), f64.const(distanceMargin)))],
      [bound.set(f64.const(0))],
    ),
    address.set(doubleWord(fields.lowerBounds, point.i)),
    when(fields.partial, bound.set(f64.min(bound, f64.load(address)))),
    f64.store(address, bound),
  ];
};
