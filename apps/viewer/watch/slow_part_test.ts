import { effectTest } from "@deepcluster/test";
import { Deferred, Effect } from "effect";
import assert from "node:assert/strict";
import { makeSlowPart } from "./slow_part.ts";

effectTest(
  "a drawing of a run is not shown for another one in its folder",
  () =>
    Effect.gen(function* () {
      const late = yield* Deferred.make<string>();
      const part = yield* makeSlowPart(
        "clusters",
        () => Effect.succeed("epoch 3"),
        ({ drawing }: ReturnType<typeof runBegun>) => drawing,
      );
      const shownFor = (history: ReturnType<typeof runBegun>) =>
        Effect.gen(function* () {
          yield* part.now(history);
          yield* Effect.sleep("5 millis");
          return (yield* part.now(history)).html;
        });
      const first = runBegun("12:00", Effect.succeed("the first"));
      const second = runBegun("13:00", Deferred.await(late));
      const third = runBegun("14:00", Effect.succeed("the third"));
      assert.equal(yield* shownFor(first), "the first");
      assert.equal(yield* shownFor(second), "");
      assert.equal(yield* shownFor(third), "");
      yield* Deferred.succeed(late, "the second");
      yield* Effect.sleep("5 millis");
      assert.equal(yield* shownFor(third), "the third");
    }),
);

const runBegun = (time: string, drawing: Effect.Effect<string>) => ({
  drawing,
  processes: [{
    startedAt: `2026-11-28T${time}:00.000Z`,
    version: "0.5.0",
    runtime: "Deno",
    engine: "made",
    processor: "made",
    cores: 2,
    memoryBytes: 2 ** 30,
  }],
});
