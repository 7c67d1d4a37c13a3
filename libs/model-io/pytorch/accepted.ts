/**
 * Refusals of plain functions as failures of Effects.
 *
 * @module
 */
import { Effect } from "effect";
import { ModelFileError } from "../errors.ts";
import { isRefusal, type Refusal, refusal } from "./pickled.ts";

/**
 * Fails with what was refused, naming the file.
 *
 * @param path The file.
 * @param value A value or a refusal.
 * @returns The value, or `ModelFileError`.
 */
export const accepted = <A>(
  path: string,
  value: A,
): Effect.Effect<Exclude<A, Refusal>, ModelFileError> =>
  isRefusal(value)
    ? Effect.fail(
      new ModelFileError({ path, rule: value.rule, found: value.found }),
    )
    : Effect.succeed(value as Exclude<A, Refusal>);

/**
 * Fails with a broken rule, naming the file.
 *
 * @param path The file.
 * @param rule What must hold.
 * @param found The present value.
 * @returns `ModelFileError`.
 */
export const refused = (
  path: string,
  rule: string,
  found: string,
): Effect.Effect<never, ModelFileError> => accepted(path, refusal(rule, found));
