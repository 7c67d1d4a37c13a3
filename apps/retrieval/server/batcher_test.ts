import { effectTest } from "@deepcluster/test";
import { Deferred, Effect, Fiber } from "effect";
import assert from "node:assert/strict";
import { startBatcher } from "./batcher.ts";

effectTest(
  "startBatcher() does together what waits, and not what nobody waits for",
  () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>();
      const batches: (readonly number[])[] = [];
      const submit = yield* startBatcher({
        size: () => 3,
        waiting: 5,
        run: (jobs: readonly number[]) =>
          Effect.as(
            Effect.andThen(
              Effect.sync(() => batches.push(jobs)),
              Deferred.await(gate),
            ),
            jobs.map((job) => 10 * job),
          ),
      });
      const start = (job: number) =>
        Effect.forkChild(submit(job), { startImmediately: true });
      const first = yield* start(0);
      yield* Effect.sleep(10);
      const others = yield* Effect.forEach([1, 2, 3, 4, 5], start);
      const full = yield* Effect.flip(submit(6));
      assert.match(full.message, /at most 5 queries may wait/);
      yield* Fiber.interrupt(others[1]!);
      yield* Deferred.succeed(gate, undefined);
      assert.equal(yield* Fiber.join(first), 0);
      assert.equal(yield* Fiber.join(others[4]!), 50);
      assert.deepEqual(batches, [[0], [1, 3, 4], [5]]);
    }),
);
