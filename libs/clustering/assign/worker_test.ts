import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { startWorker, type WorkerRequest } from "./worker.ts";

effectTest(
  "startWorker(): a thread that ended fails whatever it is asked",
  () =>
    Effect.gen(function* () {
      // It cannot read its settings, and ends.
      const worker = yield* startWorker(null as never);
      const ask = Effect.suspend(() => {
        worker.begin({} as WorkerRequest);
        return Effect.exit(worker.end);
      });
      let answer = yield* ask;
      while (answer._tag === "Success") {
        yield* Effect.sleep(10);
        answer = yield* ask;
      }
      assert.match(String(answer.cause), /TypeError/);
      assert.match(String(yield* ask), /TypeError/);
    }).pipe(Effect.scoped, Effect.timeout(10_000)),
);
