/**
 * Turns errors that plain functions return into failures of Effects.
 *
 * @module
 */
import { Effect } from "effect";
import { ModelFileError } from "../errors.ts";
import { isPickleError, type PickleError, pickleError } from "./pickled.ts";

/**
 * Succeeds with a value, or fails with the error in its place.
 *
 * @param path The file.
 * @param value What a plain function returned.
 * @returns The value, or `ModelFileError`.
 */
export const orFail = <A>(
  path: string,
  value: A,
): Effect.Effect<Exclude<A, PickleError>, ModelFileError> =>
  isPickleError(value)
    ? Effect.fail(
      new ModelFileError({ path, rule: value.rule, found: value.found }),
    )
    : Effect.succeed(value as Exclude<A, PickleError>);

/**
 * Fails with a rule that the file breaks.
 *
 * @param path The file.
 * @param rule What must hold.
 * @param found What the file has instead.
 * @returns `ModelFileError`.
 */
export const failWith = (
  path: string,
  rule: string,
  found: string,
): Effect.Effect<never, ModelFileError> =>
  orFail(path, pickleError(rule, found));
