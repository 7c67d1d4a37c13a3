/**
 * The candidates of a point: discards groups of centroids, then single ones, by
 * the upper bounds of their scores.
 *
 * @module
 */
import {
  doubleWord,
  type Expression,
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  i32x4,
  type Local,
  loopWhile,
  type Statement,
  v128,
  type Vector,
  when,
  whenElse,
  word,
} from "@deepcluster/core/wasm";
import { instructionsOf, reduceLanes } from "./group_bounds.ts";
import type { SearchParts } from "./search_fields.ts";

/**
 * Raises a variable to a value, unless it is higher.
 *
 * @param variable The variable.
 * @param value The value; without an effect where it is not a number.
 * @returns The statement.
 */
export const raise = (
  variable: Local<"f64">,
  value: Expression<"f64">,
): Statement => when(f64.gt(value, variable), variable.set(value));

/**
 * Writes the candidates and the upper bounds of their scores.
 *
 * @param parts See {@link SearchParts}.
 * @returns The statements.
 */
export const scanGroups = (parts: SearchParts): readonly Statement[] => {
  const { declare, fields, point } = parts;
  const { passing, end, group, upperBound } = declare({
    passing: "i32",
    end: "i32",
    group: "i32",
    upperBound: "f64",
  });
  const { bestLowerBound, discardedUpperBound, candidateCount } = point;
  return [
    ...discardGroups(parts, end),
    candidateCount.set(0),
    passing.set(fields.passingGroups),
    loopWhile(
      i32.lt(passing, end),
      group.set(i32.load(passing)),
      upperBound.set(f64.load(doubleWord(fields.upperBounds, group))),
      whenElse(
        f64.lt(upperBound, bestLowerBound),
        [raise(discardedUpperBound, upperBound)],
        scanGroup(parts, group),
      ),
      passing.set(i32.add(passing, 4)),
    ),
  ];
};

/**
 * Lists the groups that are not discarded as a whole, without branches, of which
 * a processor would guess many wrong.
 */
const discardGroups = (
  { declare, fields, point }: SearchParts,
  end: Local<"i32">,
): readonly Statement[] => {
  const { group, bits, upperBound, best, below, discarded } = declare({
    group: "i32",
    bits: "i32",
    upperBound: "v128",
    best: "v128",
    below: "v128",
    discarded: "v128",
  });
  const none = f64x2.splat(f64.const(-Infinity));
  return [
    best.set(f64x2.splat(point.bestLowerBound)),
    discarded.set(none),
    end.set(fields.passingGroups),
    group.set(0),
    loopWhile(
      i32.lt(group, fields.groups),
      upperBound.set(v128.load(doubleWord(fields.upperBounds, group))),
      below.set(f64x2.lt(upperBound, best)),
      discarded.set(
        f64x2.max(discarded, v128.select(upperBound, none, below)),
      ),
      bits.set(f64x2.bitmask(below)),
      i32.store(end, group),
      end.set(i32.add(end, i32.shl(i32.eqz(i32.and(bits, 1)), 2))),
      i32.store(end, i32.add(group, 1)),
      end.set(i32.add(end, i32.shl(i32.lt(bits, 2), 2))),
      group.set(i32.add(group, 2)),
    ),
    point.discardedUpperBound.set(
      f64.max(f64x2.lane(discarded, 0), f64x2.lane(discarded, 1)),
    ),
    // Not the spare group of an odd number.
    when(
      i32.and(
        i32.lt(fields.passingGroups, end),
        i32.eq(i32.load(i32.sub(end, 4)), fields.groups),
      ),
      end.set(i32.sub(end, 4)),
    ),
  ];
};

/**
 * Columns whose product is below a threshold are discarded four at once; the
 * upper bound of all of these is that of the largest, at least 0, with the
 * largest bias.
 */
const scanGroup = (
  parts: SearchParts,
  group: Local<"i32">,
): readonly Statement[] => {
  const { declare, fields, point, products } = parts;
  const { max, lt, first } = instructionsOf[products];
  const variables = declare({
    errorBound: "f64",
    scale: "f64",
    maxBias: "f64",
    threshold: "v128",
    at: "i32",
    end: "i32",
    firstColumn: "i32",
    column: "i32",
    passing: "i32",
    values: "v128",
    below: "v128",
    largest: "v128",
  });
  const { errorBound, scale, maxBias, threshold, at, end } = variables;
  const { firstColumn, column, passing, values, below, largest } = variables;
  const of = (field: Local<"i32">) => f64.load(doubleWord(field, group));
  return [
    errorBound.set(of(fields.errorBounds)),
    maxBias.set(of(fields.maxBiases)),
    scale.set(f64.mul(point.scale, of(fields.scales))),
    threshold.set(thresholdOf(
      products,
      f64.div(
        f64.sub(f64.sub(point.bestLowerBound, errorBound), maxBias),
        scale,
      ),
    )),
    largest.set(v128.zero),
    firstColumn.set(i32.mul(group, fields.groupSize)),
    at.set(word(point.product, firstColumn)),
    end.set(word(at, fields.groupSize)),
    loopWhile(
      i32.lt(at, end),
      values.set(v128.load(at)),
      below.set(lt(values, threshold)),
      passing.set(i32.xor(i32x4.bitmask(below), 15)),
      loopWhile(
        passing,
        column.set(i32.add(firstColumn, i32.ctz(passing))),
        when(
          i32.lt(column, fields.columns),
          ...considerColumn(parts, column, { scale, errorBound }),
        ),
        passing.set(i32.and(passing, i32.sub(passing, 1))),
      ),
      largest.set(max(largest, v128.and(values, below))),
      at.set(i32.add(at, 16)),
      firstColumn.set(i32.add(firstColumn, 4)),
    ),
    ...reduceLanes(largest, max),
    raise(
      point.discardedUpperBound,
      f64.add(f64.add(f64.mul(scale, first(largest)), maxBias), errorBound),
    ),
  ];
};

/**
 * Products below this are discarded; lowered, as roundings might raise it. Where
 * the quotient is not a number, products are 0, and none is discarded.
 */
const thresholdOf = (
  products: SearchParts["products"],
  quotient: Expression<"f64">,
): Vector =>
  products === "int32"
    ? i32x4.splat(
      i32.truncateDouble(f64.sub(f64.floor(quotient), f64.const(1))),
    )
    : f32x4.splat(f32.demote(
      f64.sub(quotient, f64.mul(f64.abs(quotient), f64.const(2 ** -20))),
    ));

const considerColumn = (
  { declare, fields, point, products }: SearchParts,
  column: Local<"i32">,
  { scale, errorBound }: Record<"scale" | "errorBound", Local<"f64">>,
): readonly Statement[] => {
  const { load } = instructionsOf[products];
  const { candidates, candidateBounds } = fields;
  const { bestLowerBound, discardedUpperBound, candidateCount } = point;
  const { score, upperBound } = declare({ score: "f64", upperBound: "f64" });
  return [
    score.set(f64.add(
      f64.mul(scale, load(word(point.product, column))),
      f64.load(doubleWord(fields.biases, column)),
    )),
    raise(bestLowerBound, f64.sub(score, errorBound)),
    upperBound.set(f64.add(score, errorBound)),
    whenElse(
      f64.lt(upperBound, bestLowerBound),
      [raise(discardedUpperBound, upperBound)],
      [
        i32.store(word(candidates, candidateCount), column),
        f64.store(doubleWord(candidateBounds, candidateCount), upperBound),
        candidateCount.set(i32.add(candidateCount, 1)),
      ],
    ),
  ];
};
