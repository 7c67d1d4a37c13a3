import { Progress, type ProgressEvent } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { TestClock } from "effect/testing";
import { pace, startPhaseTimer, takePeak } from "./phase_timer.ts";
import assert from "node:assert/strict";

const at = (...pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([done, atMs]) => ({ done, atMs }));

effectTest(
  "pace() leaves out the first unit, which takes longer",
  () =>
    Effect.sync(() => {
      const events = at([40, 0], [60, 900], [80, 1000], [100, 1100]);
      assert.deepEqual(pace(events), { units: 60, unitMs: 5 });
    }),
);

effectTest(
  "pace() takes the first unit where there is no other",
  () =>
    Effect.sync(() => {
      assert.deepEqual(pace(at([0, 5], [10, 25])), { units: 10, unitMs: 2 });
      assert.deepEqual(pace(at([0, 5])), { units: 0, unitMs: 0 });
      assert.deepEqual(pace([]), { units: 0, unitMs: 0 });
    }),
);

effectTest(
  "startPhaseTimer() ends one phase at its last report and another by end(), each with its own time, and passes reports on",
  () =>
    Effect.gen(function* () {
      const timer = yield* startPhaseTimer("extract");
      const passedOn: number[] = [];
      const shown = Effect.fnUntraced(function* ({ done }: ProgressEvent) {
        yield* Effect.sync(() => passedOn.push(done));
      });
      const report = (phase: string, done: number) =>
        Effect.flatMap(Progress, (progress) =>
          progress.report({ phase, done, total: 2, unit: "images" }));
      yield* Effect.provideService(
        Effect.gen(function* () {
          yield* TestClock.adjust(7);
          yield* timer.restart;
          yield* report("extract", 0);
          yield* TestClock.adjust(30);
          yield* report("extract", 1);
          yield* TestClock.adjust(10);
          yield* report("extract", 2);
          yield* TestClock.adjust(5);
          yield* timer.end("reduce");
        }),
        Progress,
        timer.observe({ report: shown }),
      );
      const { extract, reduce } = timer.costs();
      assert.deepEqual([extract.ms, extract.units, extract.unitMs], [
        40,
        2,
        10,
      ]);
      assert.deepEqual(passedOn, [0, 1, 2]);
      assert.deepEqual([reduce.ms, reduce.units], [5, 0]);
      assert.ok(extract.peakBytes > 2 ** 20);
    }).pipe(Effect.provide(TestClock.layer())),
);

effectTest(
  "takePeak() counts memory that was touched",
  () =>
    Effect.gen(function* () {
      yield* takePeak;
      const before = yield* takePeak;
      const held = new Uint8Array(200e6).fill(1);
      const peak = yield* takePeak;
      assert.equal(held[7], 1);
      assert.ok(peak > before + 150e6, `${peak} after ${before}`);
    }),
);
