/**
 * The check that two things are equal in number.
 *
 * @module
 */
import { Effect } from "effect";
import { SizeMismatchError } from "./errors.ts";

/**
 * Fails when two numbers differ.
 *
 * @param action What is to be done, for the message.
 * @param what What is counted.
 * @param expected How many there must be.
 * @param actual How many there are.
 * @returns Nothing, or `SizeMismatchError`.
 */
export const requireEqual = (
  action: string,
  what: string,
  expected: number,
  actual: number,
): Effect.Effect<void, SizeMismatchError> =>
  expected === actual
    ? Effect.void
    : Effect.fail(new SizeMismatchError({ action, what, expected, actual }));
