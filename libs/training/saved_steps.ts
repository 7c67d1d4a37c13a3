/**
 * Steps of gradient descent, saved as they go.
 *
 * @module
 */
import { Clock, Effect, Stream } from "effect";

/** What {@link savedSteps} does with each batch, and with the state. */
export interface SavedSteps<A, E, R, E2, R2> {
  /** One step; never interrupted within. */
  readonly step: (batch: A) => Effect.Effect<void, E, R>;
  /** Saves the state as it stands. */
  readonly save: Effect.Effect<void, E2, R2>;
  /** Time between two saves. */
  readonly saveEveryMs: number;
}

/**
 * Takes a step with every batch, and saves every now and then and when it is
 * interrupted.
 *
 * @param batches What the steps are fed, in order.
 * @param steps See {@link SavedSteps}.
 * @returns Nothing, after the last step; or the errors of all three.
 */
export const savedSteps = Effect.fnUntraced(
  function* <A, E, R, E2, R2, E3, R3>(
    batches: Stream.Stream<A, E3, R3>,
    { step, save, saveEveryMs }: SavedSteps<A, E, R, E2, R2>,
  ): Effect.fn.Return<void, E | E2 | E3, R | R2 | R3> {
    let savedMs = yield* Clock.currentTimeMillis;
    yield* batches.pipe(
      Stream.runForEach(Effect.fnUntraced(function* (batch) {
        yield* Effect.uninterruptible(step(batch));
        const nowMs = yield* Clock.currentTimeMillis;
        if (nowMs - savedMs < saveEveryMs) return;
        yield* save;
        savedMs = nowMs;
      })),
      Effect.onInterrupt(() => Effect.ignore(save)),
    );
  },
);
