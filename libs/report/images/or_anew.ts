/**
 * What a report keeps in the run folder for the next one.
 *
 * @module
 */
import { Effect } from "effect";

/**
 * Warns when something cannot be kept: a run folder that cannot be written to
 * still has a report.
 *
 * @param subject What it is, with its verb, such as `The map is`.
 * @param write Keeps it.
 * @returns When it is kept, or that was said.
 */
export const orAnew = <E extends { readonly message: string }, R>(
  subject: string,
  write: Effect.Effect<unknown, E, R>,
): Effect.Effect<void, never, R> =>
  Effect.catch(
    Effect.asVoid(write),
    ({ message }) =>
      Effect.logWarning(`${subject} made anew each time: ${message}`),
  );
