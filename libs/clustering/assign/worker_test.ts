import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import {
  startWorker,
  type WorkerRequest,
  type WorkerSettings,
} from "./worker.ts";

effectTest(
  "startWorker(): a thread that ended fails whatever it is asked",
  () =>
    Effect.gen(function* () {
      const settings: WorkerSettings = {
        models: { bytes: new Uint8Array(), floats: new Uint8Array() },
        bits: 8,
      };
      const worker = yield* Effect.scoped(startWorker(settings));
      const ask = Effect.suspend(() => {
        worker.begin({} as WorkerRequest);
        return Effect.exit(worker.end);
      });
      let answer = yield* ask;
      while (answer._tag === "Success") {
        yield* Effect.sleep(10);
        answer = yield* ask;
      }
      assert.match(String(answer.cause), /thread ended/);
      assert.match(String(yield* ask), /thread ended/);
    }).pipe(Effect.timeout(10_000)),
);
