/**
 * Effects as Deno tests, comparisons of arrays of numbers, made images.
 *
 * @module
 */
import { Cause, Effect, Exit, type Scope } from "effect";
import assert from "node:assert/strict";

export * from "./made_classes.ts";

/**
 * Runs an Effect as a test; it fails when the effect does.
 *
 * @param name A sentence that can be false.
 * @param body The test; what it acquires is released afterwards.
 */
export const effectTest = <A, E>(
  name: string,
  body: () => Effect.Effect<A, E, Scope.Scope>,
): void => {
  Deno.test(name, async () => {
    const exit = await Effect.runPromiseExit(
      Effect.scoped(Effect.suspend(body)),
    );
    if (Exit.isFailure(exit)) throw new Error(Cause.pretty(exit.cause));
  });
};

/**
 * Asserts that two arrays of numbers agree, relative to the larger magnitude
 * found anywhere in `expected`.
 *
 * @param actual Values under test.
 * @param expected Values to agree with, as many.
 * @param relative Largest allowed difference, as a share of `max |expected|`.
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
