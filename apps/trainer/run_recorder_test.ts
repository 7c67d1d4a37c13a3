import type { ProgressEvent } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { readProgress, readTimings } from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect, Logger } from "effect";
import { TestClock } from "effect/testing";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { startRecorder } from "./run_recorder.ts";
import assert from "node:assert/strict";

/** A recorder, a step that takes some seconds, and what the step passes on. */
const recording = Effect.fnUntraced(function* (folder: string) {
  const recorder = yield* startRecorder(folder);
  const passedOn: ProgressEvent[] = [];
  const { report } = recorder.observe({
    report: (event) => Effect.sync(() => void passedOn.push(event)),
  });
  const step = (
    seconds: number,
    phase: string,
    done: number,
    rest: Partial<ProgressEvent> = { epoch: 1 },
  ) =>
    TestClock.adjust(`${seconds} seconds`).pipe(
      Effect.andThen(
        report({ phase, done, total: 100, unit: "images", ...rest }),
      ),
    );
  return { ...recorder, step, passedOn };
});

const clocked = <A, E, R>(body: Effect.Effect<A, E, R>) =>
  Effect.provide(body, [TestClock.layer(), layerReference]);

effectTest(
  "a recorder notes the process and the time of each phase, from the end of the one before",
  () =>
    clocked(Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const { mark, step, passedOn } = yield* recording(folder);
      yield* step(2, "survey", 0, {});
      yield* step(3, "survey", 100, {});
      yield* mark;
      yield* step(1, "extract", 0);
      yield* step(5, "extract", 100);
      yield* step(1, "reduce", 0);
      yield* step(4, "cluster", 0, { epoch: 1, unit: "iterations" });
      yield* step(4, "cluster", 20, { epoch: 1, unit: "iterations" });
      yield* mark;
      yield* TestClock.adjust("9 seconds"); // work that is of no phase
      yield* mark;
      yield* step(2, "train", 0);
      yield* step(6, "train", 100);
      yield* mark;
      const store = folderStore(folder);
      const { processes, phases } = yield* readTimings(store);
      assert.equal(passedOn.length, 9);
      assert.equal(processes.length, 1);
      assert.equal(processes[0]!.startedAt, "1970-01-01T00:00:00.000Z");
      assert.match(processes[0]!.engine, /, 1 thread$/);
      assert.deepEqual([...phases], [
        [0, [{ phase: "survey", seconds: 5, images: 100 }]],
        [1, [
          { phase: "extract", seconds: 7, images: 100 },
          { phase: "reduce", seconds: 4, images: 0 },
          { phase: "cluster", seconds: 4, images: 0 },
          { phase: "train", seconds: 8, images: 100 },
        ]],
      ]);
    })),
);

effectTest(
  "a process that finds nothing to do, as when a finished run is resumed, leaves no note",
  () =>
    clocked(Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const processesOf = Effect.map(
        readTimings(folderStore(folder)),
        ({ processes }) => processes.length,
      );
      const idle = yield* recording(folder);
      yield* idle.mark;
      assert.equal(yield* processesOf, 0);
      const working = yield* recording(folder);
      yield* working.step(1, "extract", 0);
      yield* working.step(1, "extract", 100);
      assert.equal(yield* processesOf, 1);
    })),
);

effectTest(
  "a killed process leaves its times but for the last minute; the next one adds its own and counts no image twice",
  () =>
    clocked(Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const killed = yield* recording(folder);
      yield* killed.step(0, "train", 0);
      yield* killed.step(59, "train", 20);
      yield* killed.step(1, "train", 30);
      yield* killed.step(59, "train", 60);
      yield* Effect.promise(() =>
        appendFile(join(folder, "timings.jsonl"), '{"event":"tim')
      );
      const next = yield* recording(folder);
      yield* next.step(5, "train", 30);
      yield* next.step(5, "train", 100);
      yield* next.mark;
      const { processes, phases } = yield* readTimings(folderStore(folder));
      assert.equal(processes.length, 2);
      assert.deepEqual(phases.get(1), [
        { phase: "train", seconds: 70, images: 100 },
      ]);
    })),
);

/** The progress as soon as so many units of it are told. */
const toldDone = (folder: string, done: number) =>
  Effect.promise(async () => {
    for (let i = 0; i < 500; i++) {
      const text = await readFile(join(folder, "progress.json"), "utf8")
        .catch(() => "{}");
      if (JSON.parse(text).done === done) return JSON.parse(text);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`${done} is not told`);
  });

effectTest(
  "progress.json is written once a second at most",
  () =>
    clocked(Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const { step, mark } = yield* recording(folder);
      yield* step(0, "train", 0);
      yield* toldDone(folder, 0);
      yield* step(0.5, "train", 40);
      yield* step(1.5, "train", 60, { epoch: 1, figures: { loss: 4.5 } });
      assert.deepEqual(yield* toldDone(folder, 60), {
        at: "1970-01-01T00:00:02.000Z",
        phase: "train",
        epoch: 1,
        done: 60,
        total: 100,
        unit: "images",
        rate: 30,
        figures: { loss: 4.5 },
      });
      yield* step(0.5, "train", 90);
      yield* step(0.2, "train", 100);
      yield* mark;
      const last = yield* readProgress(folderStore(folder));
      assert.deepEqual([last!.done, last!.at], [
        100,
        "1970-01-01T00:00:02.700Z",
      ]);
    })),
);

effectTest(
  "what keeps times from being written is said once, and no failure",
  () =>
    Effect.gen(function* () {
      const said: string[] = [];
      const logger = Logger.make(({ message }) => void said.push(`${message}`));
      yield* clocked(Effect.gen(function* () {
        const { step, mark } = yield* recording("/nowhere/run");
        yield* step(1, "train", 0);
        yield* step(1, "train", 100);
        yield* mark;
      })).pipe(Effect.provide(Logger.layer([logger])));
      assert.equal(said.length, 1);
      assert.match(said[0]!, /nowhere.*the run goes on without its times/);
    }),
);
