import { effectTest } from "@deepcluster/test";
import { Effect, Fiber } from "effect";
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
