import { folderStore } from "@deepcluster/storage";
import { effectTest, testFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { readProgress } from "./run_progress.ts";
import { type ProcessRecord, readTimings } from "./run_timings.ts";
import assert from "node:assert/strict";

const record: ProcessRecord = {
  startedAt: "2026-01-02T03:04:05.000Z",
  version: "0.3.0",
  runtime: "Deno 2.9.6 on linux x64",
  engine: "onnxruntime-node 1.30.0, cpu, 2 threads",
  processor: "A processor",
  cores: 2,
  memoryBytes: 2 ** 33,
};
const started = JSON.stringify({ event: "started", ...record });
const timed = (
  epoch: number,
  phase: string,
  seconds: number,
  images: number,
) => JSON.stringify({ event: "timed", epoch, phase, seconds, images });

const timingsOf = (...lines: readonly string[]) =>
  Effect.flatMap(
    testFolder({ "timings.jsonl": lines.join("\n") }),
    (folder) => readTimings(folderStore(folder)),
  );

effectTest(
  "readTimings() adds up a phase over lines and processes, in the order of the phases",
  () =>
    Effect.gen(function* () {
      const { processes, phases } = yield* timingsOf(
        started,
        timed(0, "survey", 2, 10),
        timed(1, "train", 60, 100),
        started,
        timed(1, "train", 30, 50),
        timed(1, "extract", 4, 10),
        "",
      );
      assert.deepEqual(processes, [record, record]);
      assert.deepEqual([...phases], [
        [0, [{ phase: "survey", seconds: 2, images: 10 }]],
        [1, [
          { phase: "extract", seconds: 4, images: 10 },
          { phase: "train", seconds: 90, images: 150 },
        ]],
      ]);
    }),
);

effectTest(
  "readTimings() leaves out a last line that is cut off, and names any other",
  () =>
    Effect.gen(function* () {
      const cut = timed(1, "train", 60, 100).slice(0, 30);
      const { processes, phases } = yield* timingsOf(started, cut);
      assert.equal(processes.length, 1);
      assert.equal(phases.size, 0);

      const { message } = yield* Effect.flip(timingsOf(started, cut, ""));
      assert.match(
        message,
        /timings\.jsonl as line 2 breaks a rule: it must be a JSON object, found "\{\\"event/,
      );
      const wrong = yield* Effect.flip(
        timingsOf(started, started, timed(1, "sleep", 3, 0), ""),
      );
      assert.match(
        wrong.message,
        /line 3 breaks a rule: it must be a line of times.*phase must be/,
      );
    }),
);

effectTest(
  "a run of an earlier version has no times and no progress",
  () =>
    Effect.gen(function* () {
      const store = folderStore(yield* testFolder());
      const { processes, phases } = yield* readTimings(store);
      assert.deepEqual([...processes, ...phases], []);
      assert.equal(yield* readProgress(store), undefined);
    }),
);

effectTest(
  "readProgress() names a damaged file",
  () =>
    Effect.gen(function* () {
      const text = '{"at":"2026-01-02T03:04:05.000Z","phase":"train"}';
      const folder = yield* testFolder({ "progress.json": text });
      const { message } = yield* Effect.flip(readProgress(folderStore(folder)));
      assert.match(
        message,
        /progress\.json as line 1 breaks a rule: .*done must/,
      );
    }),
);

effectTest(
  "readProgress() knows nothing from a file that a power cut has emptied",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder({ "progress.json": "" });
      assert.equal(yield* readProgress(folderStore(folder)), undefined);
    }),
);
