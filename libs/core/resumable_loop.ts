/**
 * The one loop behind every long computation that can be stopped and resumed:
 * k-means, an epoch of training, linear probes, fine-tuning.
 *
 * @module
 */
import { Clock, Effect } from "effect";
import { messageOf } from "./causes.ts";

/** Lets an effect be interrupted inside a step that otherwise cannot be. */
export type Interruptible = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
) => Effect.Effect<A, E, R>;

/** What {@link resumableLoop} repeats, and when it saves. */
export interface ResumableLoop<
  S,
  E = never,
  R = never,
  E2 = never,
  R2 = never,
> {
  /** Whether a state is the last one. */
  readonly done: (state: S) => boolean;
  /**
   * Computes the next state. A step is never interrupted, so that what it
   * changes elsewhere (weights that an engine keeps) always belongs to the
   * state; what it waits for may be wrapped in `interruptible`.
   */
  readonly step: (
    state: S,
    interruptible: Interruptible,
  ) => Effect.Effect<S, E, R>;
  /** Saves a state to resume from. Default: nothing is saved. */
  readonly save?: ((state: S) => Effect.Effect<void, E2, R2>) | undefined;
  /** Time between two saves. Default: five minutes. */
  readonly saveEveryMs?: number;
  /** States that are saved at once, however short the time. Default: none. */
  readonly mustSave?: (state: S) => boolean;
  /** Called with the first state and with the state after every step. */
  readonly onProgress?: (state: S) => Effect.Effect<void>;
}

/**
 * Repeats a step until it is done. Saves the state when `saveEveryMs` have
 * passed since the last save, and when the loop is interrupted: if it cannot be
 * saved then, a warning says so. A step that fails saves nothing: the state
 * before it may be what makes it fail.
 *
 * A loop that starts from a saved state ends in the same state as one that was
 * never interrupted, if steps depend on nothing but the state.
 *
 * @param from Where to start: the first state, or one that was saved.
 * @param loop See {@link ResumableLoop}.
 * @returns The last state, or the errors of `step` and `save`.
 *
 * @example Interrupted and resumed
 * ```ts
 * import { resumableLoop } from "@deepcluster/core";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const saved: number[] = [];
 * const loop = (last: number) => ({
 *   done: (n: number) => n === 5,
 *   step: (n: number) => n === last ? Effect.interrupt : Effect.succeed(n + 1),
 *   save: (n: number) => Effect.sync(() => void saved.push(n)),
 * });
 * Effect.runSyncExit(resumableLoop(0, loop(3)));
 * assert.deepEqual(saved, [3]);
 * assert.equal(Effect.runSync(resumableLoop(saved[0]!, loop(Infinity))), 5);
 * ```
 */
export const resumableLoop: <S, E = never, R = never, E2 = never, R2 = never>(
  from: S,
  loop: ResumableLoop<S, E, R, E2, R2>,
) => Effect.Effect<S, E | E2, R | R2> = Effect.fnUntraced(
  function* <S, E, R, E2, R2>(
    from: S,
    {
      done,
      step,
      save = () => Effect.void,
      saveEveryMs = 300_000,
      mustSave = () => false,
      onProgress = () => Effect.void,
    }: ResumableLoop<S, E, R, E2, R2>,
  ) {
    let state = from;
    const advance = Effect.uninterruptibleMask((interruptible) =>
      Effect.map(step(state, interruptible), (next) => {
        state = next;
      })
    );
    let savedMs = yield* Clock.currentTimeMillis;
    yield* Effect.gen(function* () {
      yield* onProgress(state);
      while (!done(state)) {
        yield* advance;
        yield* onProgress(state);
        const nowMs = yield* Clock.currentTimeMillis;
        if (!mustSave(state) && nowMs - savedMs < saveEveryMs) continue;
        yield* save(state);
        savedMs = nowMs;
      }
    }).pipe(
      Effect.onInterrupt(() =>
        Effect.catch(save(state), (error) =>
          Effect.logWarning(
            `${messageOf(error)}; what was done since the last save is lost`,
          ))
      ),
    );
    return state;
  },
);
