/**
 * Effects as Deno tests.
 *
 * @module
 */
import { Cause, Effect, Exit, type Scope } from "effect";

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
