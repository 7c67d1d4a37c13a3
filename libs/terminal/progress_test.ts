import { Progress, type ProgressEvent } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { TestClock } from "effect/testing";
import { layerProgress } from "./progress_layer.ts";
import { formatFigure, formatSeconds, progressLine } from "./progress_lines.ts";
import assert from "node:assert/strict";

const event = (done: number, more = {}): ProgressEvent => ({
  phase: "train",
  epoch: 3,
  done,
  total: 1000,
  unit: "images",
  ...more,
});

effectTest(
  "progressLine() tells rate and time left since the process began",
  () =>
    Effect.sync(() => {
      const resumed = { first: event(500), startMs: 10_000 };
      assert.equal(
        progressLine(
          resumed,
          event(700, { figures: { loss: 4.2137 } }),
          14_000,
        ),
        "epoch 3 train: 700/1000 images, 50 images/s, 6.0 s left, loss 4.21",
      );
      assert.equal(
        progressLine(resumed, event(1000), 20_000),
        "epoch 3 train: 1000/1000 images, 50 images/s, 10 s in all",
      );
    }),
);

effectTest(
  "formatSeconds() uses the two largest units",
  () =>
    Effect.sync(() => {
      assert.deepEqual(
        [0.84, 42.4, 200, 7500, 356_400].map(formatSeconds),
        ["0.8 s", "42 s", "3 min 20 s", "2 h 05 min", "4 d 3 h"],
      );
      assert.deepEqual([412.3, 4.2137, 0.03124, 1234.5].map(formatFigure), [
        "412",
        "4.21",
        "0.0312",
        "1235",
      ]);
    }),
);

/** A stand-in for standard error that keeps what is written. */
const recorder = (isTTY: boolean) => {
  const written: string[] = [];
  const stream = {
    isTTY,
    columns: 120,
    write: (text: string) => written.push(text) > 0,
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
  } as unknown as NodeJS.WriteStream;
  return { stream, written };
};

const reportAll = (stream: NodeJS.WriteStream) =>
  Effect.gen(function* () {
    const progress = yield* Progress;
    for (let done = 0; done <= 1000; done += 10) {
      yield* progress.report(event(done));
    }
  }).pipe(Effect.provide(layerProgress({ stream })));

effectTest(
  "layerProgress() without a terminal writes first and last lines only when quick",
  () =>
    Effect.gen(function* () {
      const { stream, written } = recorder(false);
      yield* reportAll(stream);
      assert.equal(written.length, 2);
      assert.match(written[0]!, /^epoch 3 train: 0\/1000 images\n$/);
      assert.match(
        written[1]!,
        /^epoch 3 train: 1000\/1000 images, .* in all\n$/,
      );
    }),
);

effectTest(
  "layerProgress() on a terminal draws a bar and leaves one line",
  () =>
    Effect.gen(function* () {
      const { stream, written } = recorder(true);
      yield* reportAll(stream);
      const text = written.join("");
      assert.match(text, /epoch 3 train \[/);
      assert.match(text, /epoch 3 train: 1000\/1000 images, .* in all\n$/);
    }),
);

effectTest(
  "layerProgress() on a terminal tells rate and time left in our words, also when phases change places",
  () =>
    Effect.gen(function* () {
      const { stream, written } = recorder(true);
      yield* Effect.gen(function* () {
        const progress = yield* Progress;
        for (const done of [0, 100, 200]) {
          for (const phase of ["probe one", "probe other"]) {
            yield* progress.report({ phase, done, total: 1000, unit: "steps" });
            yield* TestClock.adjust("2 seconds");
          }
        }
      }).pipe(
        Effect.provide(layerProgress({ stream })),
        Effect.provide(TestClock.layer()),
      );
      const text = written.join("");
      // 100 steps in 4 seconds.
      assert.match(
        text,
        /probe one \[.*\] 100\/1000 steps {2}25 steps\/s {2}36 s left/,
      );
      assert.match(
        text,
        /probe other \[.*\] 200\/1000 steps {2}25 steps\/s {2}32 s left/,
      );
      const left = [...text.matchAll(/(\S+ \S+) left/g)].map(([, time]) =>
        time
      );
      assert.deepEqual([...new Set(left)], ["36 s", "32 s"]);
    }),
);

/** Two phases in turn, as they go on side by side. */
const reportTwo = (stream: NodeJS.WriteStream) =>
  Effect.gen(function* () {
    const progress = yield* Progress;
    for (let done = 0; done <= 1000; done += 10) {
      for (const phase of ["probe one", "probe other"]) {
        yield* progress.report({ phase, done, total: 1000, unit: "steps" });
      }
    }
  }).pipe(Effect.provide(layerProgress({ stream })));

for (const isTTY of [false, true]) {
  effectTest(
    "layerProgress() of two phases side by side leaves the lines of each, " +
      (isTTY ? "and one bar" : "without a terminal"),
    () =>
      Effect.gen(function* () {
        const { stream, written } = recorder(isTTY);
        yield* reportTwo(stream);
        const text = written.join("");
        for (const phase of ["probe one", "probe other"]) {
          const lines = (done: number) =>
            text.split(`${phase}: ${done}/1000 steps`).length - 1;
          assert.equal(lines(1000), 1);
          assert.equal(lines(0), isTTY ? 0 : 1);
        }
        if (!isTTY) assert.equal(written.length, 4);
      }),
  );
}
