/**
 * From coarse scores to exact assignments: `assign/assign_exactly.ts` describes
 * what is done, this file does it for all points of a block in one call.
 *
 * @module
 */
import {
  doubleWord,
  f32,
  f64,
  i32,
  type Int,
  type Local,
  loopWhile,
  type Statement,
  type WasmFunction,
  wasmFunction,
  when,
  whenElse,
  word,
} from "@deepcluster/core/wasm";
import { compareCandidates, scoreAtLeast } from "./compare_candidates.ts";
import { boundGroups, maximaOfGroups } from "./group_bounds.ts";
import { scanGroups } from "./scan_groups.ts";
import { loadFields, type SearchParts, wordFields } from "./search_fields.ts";

/** Covers the roundings of norms, when squared. */
const squaredNormMargin = 1 - 2 ** -16;

/**
 * Makes the function that assigns the points of a block.
 *
 * @param products Their type.
 * @returns The function; its parameters are the address of the fields and the
 * number of rows.
 */
export const searchRows = (products: SearchParts["products"]): WasmFunction =>
  wasmFunction(
    { address: "i32", count: "i32" },
    ({ address, count }, declare) => {
      const { fields, load } = loadFields(declare, address);
      const { r } = declare({ r: "i32" });
      const point = declare({
        i: "i32",
        product: "i32",
        scale: "f64",
        norm: "f64",
        quantizationError: "f64",
        sumError: "f64",
        squaredNorm: "f64",
        bestLowerBound: "f64",
        discardedUpperBound: "f64",
        candidateCount: "i32",
      });
      const parts = { declare, fields, point, products };
      return [
        ...load,
        fields.computed.set(0),
        point.product.set(fields.products),
        loopWhile(
          i32.lt(r, count),
          ...loadPoint(parts, r),
          ...maximaOfGroups(parts),
          ...boundGroups(parts),
          ...scanGroups(parts),
          ...compareCandidates(parts),
          point.product.set(
            word(point.product, i32.mul(fields.groups, fields.groupSize)),
          ),
          r.set(i32.add(r, 1)),
        ),
        i32.store(address, fields.computed, 4 * wordFields.indexOf("computed")),
      ];
    },
  );

/** What is known of the point; nothing is discarded where its norm is infinite. */
const loadPoint = (
  { fields, point, products }: SearchParts,
  r: Local<"i32">,
): readonly Statement[] => {
  const { i, scale, norm, quantizationError, sumError } = point;
  const { squaredNorm, bestLowerBound } = point;
  const of = (field: Int) => f64.promote(f32.load(word(field, i)));
  const zero = f64.const(0);
  return [
    i.set(i32.load(word(fields.rows, r))),
    scale.set(of(fields.inverseScales)),
    when(f64.gt(scale, zero), scale.set(f64.div(f64.const(1), scale))),
    norm.set(of(fields.norms)),
    quantizationError.set(
      products === "int32" ? of(fields.quantizationErrors) : zero,
    ),
    sumError.set(f64.add(norm, fields.maxNorm)),
    sumError.set(
      f64.mul(fields.sumRounding, f64.mul(sumError, sumError)),
    ),
    squaredNorm.set(
      f64.mul(f64.mul(norm, norm), f64.const(squaredNormMargin)),
    ),
    whenElse(
      f64.lt(squaredNorm, f64.const(Infinity)),
      // The score of the current assignment.
      [bestLowerBound.set(
        scoreAtLeast(point, f64.load(doubleWord(fields.distances, i))),
      )],
      [
        bestLowerBound.set(f64.const(-Infinity)),
        norm.set(zero),
        quantizationError.set(zero),
        sumError.set(f64.const(Infinity)),
      ],
    ),
  ];
};
