import { effectTest } from "@deepcluster/test";
import { Effect, Fiber, Logger } from "effect";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { workLock } from "./work_lock.ts";
import assert from "node:assert/strict";

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "work-lock-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true })),
);

effectTest(
  "workLock() waits until the scope that holds the lock has ended",
  () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "made", "work.lock");
      const events: string[] = [];
      const work = (name: string) =>
        Effect.scoped(Effect.gen(function* () {
          yield* workLock(path, "does this");
          events.push(`${name} begins`);
          yield* Effect.sleep("50 millis");
          events.push(`${name} ends`);
        }));
      const first = yield* Effect.forkChild(work("first"));
      while (events.length === 0) yield* Effect.sleep("5 millis");
      yield* work("second");
      yield* Fiber.join(first);
      assert.deepEqual(events, [
        "first begins",
        "first ends",
        "second begins",
        "second ends",
      ]);
    }),
);

effectTest(
  "workLock() of this process is neither announced nor asked for again",
  () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "work.lock");
      const said: unknown[] = [];
      const logger = Logger.make(({ message }) => void said.push(message));
      let isHeld = false;
      yield* Effect.all(
        [1, 2, 3].map(() =>
          Effect.scoped(Effect.gen(function* () {
            yield* workLock(path, "does this");
            assert.ok(!isHeld);
            isHeld = true;
            yield* Effect.sleep("5 millis");
            isHeld = false;
          }))
        ),
        { concurrency: 3 },
      ).pipe(Effect.provide(Logger.layer([logger])));
      assert.deepEqual(said, []);
    }),
);
