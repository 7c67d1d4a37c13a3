/**
 * How a rule that an operator breaks reaches `buildGraph`.
 *
 * The one exception to "libs do not throw": operators return values, so that
 * programs read as formulas, and a broken rule is thrown by {@link raise} and
 * caught by {@link catchRaised}, nowhere else. Outside of `buildGraph` it is an
 * exception whose stack names the line of the operator.
 *
 * @module
 */
import { Effect } from "effect";
import { GradientError, GraphError, ShapeError } from "./errors.ts";

/** What `buildGraph` fails with: the program breaks a rule of graphs. */
export type BuildError = ShapeError | GradientError | GraphError;

/**
 * Throws the error of a broken rule.
 *
 * @param error The broken rule, for `buildGraph` to fail with.
 */
export const raise = (error: BuildError): never => {
  // Caught by catchRaised alone: see the header.
  // deno-lint-ignore deepcluster/no-throw
  throw error;
};

/**
 * Runs a function that may {@link raise}.
 *
 * @param write Applies operators.
 * @returns Its result, or the `BuildError` that was raised. Whatever else it
 * throws is a defect.
 */
export const catchRaised = <A>(
  write: () => A,
): Effect.Effect<A, BuildError> =>
  Effect.try({ try: write, catch: (thrown) => thrown }).pipe(
    Effect.catch((thrown) =>
      isBuildError(thrown) ? Effect.fail(thrown) : Effect.die(thrown)
    ),
  );

const isBuildError = (thrown: unknown): thrown is BuildError =>
  thrown instanceof ShapeError || thrown instanceof GradientError ||
  thrown instanceof GraphError;
