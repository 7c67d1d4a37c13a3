/**
 * Effects as Deno tests, comparisons of arrays of numbers, folders of files,
 * made images.
 *
 * @module
 */
import assert from "node:assert/strict";

export * from "./ask.ts";
export * from "./effect_test_case.ts";
export * from "./folders.ts";
export * from "./key_inputs.ts";
export * from "./labelled.ts";
export * from "./lock_holder.ts";
export * from "./temporary.ts";
export * from "./made_classes.ts";
export * from "./voc_folder.ts";

/**
 * Asserts that two arrays of numbers agree, relative to the larger magnitude
 * found anywhere in `expected`.
 *
 * @param actual Values under test.
 * @param expected Values to agree with, as many.
 * @param relative Largest allowed difference, as a fraction of `max |expected|`.
 * @param what Named in the failure.
 */
export const assertClose = (
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  relative: number,
  what = "values",
): void => {
  assert.equal(actual.length, expected.length, `${what}: length`);
  let scale = 1e-30;
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  for (let i = 0; i < expected.length; i++) {
    const off = Math.abs(actual[i]! - expected[i]!) / scale;
    if (!(off <= relative)) {
      assert.fail(
        `${what}[${i}]: ${actual[i]} differs from ${
          expected[i]
        } by ${off} of ${scale}, allowed ${relative}`,
      );
    }
  }
};
