/**
 * A stream's elements one at a time, for a loop that steps through them.
 *
 * @module
 */
import { Effect, Pull, type Scope, Stream } from "effect";

/**
 * Opens a stream to take its elements one by one. Nothing is taken ahead, and
 * the stream is closed with the scope.
 *
 * @param stream The stream.
 * @returns Takes the next element, or fails with the stream's error. To take
 * more elements than there are is a defect.
 *
 * @example The first two
 * ```ts
 * import { takeFrom } from "@deepcluster/core";
 * import { Effect, Stream } from "effect";
 * import assert from "node:assert/strict";
 *
 * const program = Effect.gen(function* () {
 *   const next = yield* takeFrom(Stream.make("a", "b", "c"));
 *   return [yield* next, yield* next];
 * });
 * assert.deepEqual(Effect.runSync(Effect.scoped(program)), ["a", "b"]);
 * ```
 */
export const takeFrom: <A, E, R>(
  stream: Stream.Stream<A, E, R>,
) => Effect.Effect<Effect.Effect<A, E, R>, never, R | Scope.Scope> = Effect
  .fnUntraced(function* <A, E, R>(stream: Stream.Stream<A, E, R>) {
    const pull = yield* Stream.toPull(stream);
    let pulled: readonly A[] = [];
    let next = 0;
    const refill = Pull.catchDone(
      Effect.map(pull, (elements) => {
        pulled = elements;
        next = 1;
        return elements[0];
      }),
      () => Effect.die(new RangeError("Cannot take from a stream at its end")),
    );
    return Effect.suspend((): Effect.Effect<A, E, R> =>
      next < pulled.length ? Effect.sync(() => pulled[next++]!) : refill
    );
  });
