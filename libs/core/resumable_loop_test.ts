import { effectTest } from "@deepcluster/test";
import { Cause, Clock, Deferred, Effect, Exit, Fiber, Logger } from "effect";
import { TestClock } from "effect/testing";
import assert from "node:assert/strict";
import { draws } from "./draws.ts";
import { resumableLoop } from "./resumable_loop.ts";

interface Walk {
  readonly step: number;
  readonly sum: number;
}

const start: Walk = { step: 0, sum: 0 };

/** A step whose draw is named by its number, as those of training are. */
const walk = ({ step, sum }: Walk): Walk => ({
  step: step + 1,
  sum: Math.fround(sum + draws(1, "walk", step).normal()),
});

const walkOf = (steps: number) => ({
  done: ({ step }: Walk) => step === steps,
  step: (state: Walk) => Effect.succeed(walk(state)),
});

effectTest(
  "resumableLoop() from any state on the way equals one that was never stopped",
  () =>
    Effect.gen(function* () {
      const states: Walk[] = [];
      const end = yield* resumableLoop(start, {
        ...walkOf(7),
        save: (state) => Effect.sync(() => void states.push(state)),
        saveEveryMs: 0,
      });
      assert.deepEqual(states.map(({ step }) => step), [1, 2, 3, 4, 5, 6, 7]);
      for (const state of [start, ...states]) {
        assert.deepEqual(yield* resumableLoop(state, walkOf(7)), end);
      }
    }),
);

effectTest(
  "resumableLoop() saves when the time has passed since the last save, and what must be saved at once",
  () =>
    Effect.gen(function* () {
      const saves: [step: number, ms: number][] = [];
      yield* resumableLoop(start, {
        ...walkOf(10),
        step: (state) => Effect.as(TestClock.adjust(10), walk(state)),
        save: Effect.fnUntraced(function* ({ step }) {
          saves.push([step, yield* Clock.currentTimeMillis]);
          // What saving takes counts as part of the time between two saves.
          yield* TestClock.adjust(5);
        }),
        saveEveryMs: 25,
        mustSave: ({ step }) => step === 4,
      });
      assert.deepEqual(saves, [[3, 30], [4, 45], [6, 70], [8, 95], [10, 120]]);
    }).pipe(Effect.provide(TestClock.layer())),
);

effectTest(
  "resumableLoop() reports the first state and every other one, before it is saved",
  () =>
    Effect.gen(function* () {
      const log: string[] = [];
      const note = (what: string) => ({ step }: Walk) =>
        Effect.sync(() => void log.push(`${what} ${step}`));
      yield* resumableLoop({ step: 1, sum: 0 }, {
        ...walkOf(3),
        onProgress: note("at"),
        save: note("save"),
        saveEveryMs: 0,
      });
      assert.deepEqual(log, ["at 1", "at 2", "save 2", "at 3", "save 3"]);
    }),
);

effectTest(
  "resumableLoop() that is interrupted between steps, or in what a step waits for, saves the last whole state",
  () =>
    Effect.gen(function* () {
      const saves: Walk[] = [];
      const waiting = yield* Deferred.make<void>();
      const fiber = yield* Effect.forkChild(resumableLoop(start, {
        ...walkOf(9),
        step: (state, interruptible) =>
          state.step === 2
            ? Effect.andThen(
              Deferred.succeed(waiting, undefined),
              interruptible(Effect.never),
            )
            : Effect.succeed(walk(state)),
        save: (state) => Effect.sync(() => void saves.push(state)),
      }));
      yield* Deferred.await(waiting);
      yield* Fiber.interrupt(fiber);
      assert.deepEqual(saves, [walk(walk(start))]);
    }),
);

effectTest(
  "resumableLoop() finishes the step that it is interrupted in, so that the saved state is that of what the step changed elsewhere",
  () =>
    Effect.gen(function* () {
      const saves: number[] = [];
      let elsewhere = 0;
      const inside = yield* Deferred.make<void>();
      const goOn = yield* Deferred.make<void>();
      const fiber = yield* Effect.forkChild(resumableLoop(start, {
        ...walkOf(9),
        step: Effect.fnUntraced(function* (state) {
          elsewhere++;
          if (state.step === 3) {
            yield* Deferred.succeed(inside, undefined);
            yield* Deferred.await(goOn);
          }
          return walk(state);
        }),
        save: ({ step }) => Effect.sync(() => void saves.push(step)),
      }));
      yield* Deferred.await(inside);
      const stopping = yield* Effect.forkChild(Fiber.interrupt(fiber));
      yield* Effect.yieldNow;
      yield* Deferred.succeed(goOn, undefined);
      yield* Fiber.join(stopping);
      assert.deepEqual([saves, elsewhere], [[4], 4]);
    }),
);

effectTest(
  "resumableLoop() warns when it cannot save as it is interrupted",
  () =>
    Effect.gen(function* () {
      const lines: unknown[] = [];
      const logger = Logger.make(({ logLevel, message }) =>
        void lines.push(logLevel, message)
      );
      const exit = yield* resumableLoop(start, {
        ...walkOf(5),
        step: (state) =>
          state.step === 2 ? Effect.interrupt : Effect.succeed(walk(state)),
        save: () => Effect.fail(new Error("Cannot write a: disk is full")),
      }).pipe(Effect.exit, Effect.provide(Logger.layer([logger])));
      assert.ok(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause));
      assert.deepEqual(lines, ["Warn", [
        "Cannot write a: disk is full; what was done since the last save is lost",
      ]]);
    }),
);

effectTest(
  "resumableLoop() saves nothing when a step fails, and fails when saving does",
  () =>
    Effect.gen(function* () {
      const saves: number[] = [];
      const failed = yield* Effect.exit(resumableLoop(start, {
        ...walkOf(5),
        step: (state) =>
          state.step === 2
            ? Effect.fail("diverged")
            : Effect.succeed(walk(state)),
        save: ({ step }) => Effect.sync(() => void saves.push(step)),
      }));
      assert.deepEqual(failed, Exit.fail("diverged"));
      assert.deepEqual(saves, []);
      const full = yield* Effect.exit(resumableLoop(start, {
        ...walkOf(5),
        save: () => Effect.fail("disk is full"),
        saveEveryMs: 0,
      }));
      assert.deepEqual(full, Exit.fail("disk is full"));
    }),
);
