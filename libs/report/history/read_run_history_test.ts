import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { healthyEpochs, madeRun } from "./made_run_testing.ts";
import { readRunHistory } from "./read_run_history.ts";
import assert from "node:assert/strict";

effectTest(
  "readRunHistory() tells settings, state, figures of each epoch, times, progress and left-out images",
  () =>
    Effect.gen(function* () {
      const run = yield* madeRun({
        epochs: healthyEpochs(3),
        unreadable: ["a.png", "b.png"],
      });
      const history = yield* readRunHistory(run);
      assert.equal(history.state, "finished");
      assert.equal(history.configuration.clusters, 20);
      assert.equal(history.unreadable, 2);
      assert.equal(history.processes.length, 1);
      assert.equal(history.progress?.epoch, 3);
      assert.deepEqual(history.survey, {
        phase: "survey",
        seconds: 1,
        images: 1002,
      });
      assert.deepEqual(history.epochs.map(({ epoch }) => epoch), [1, 2, 3]);
      const [first, second] = history.epochs;
      assert.equal(first!.report.points, 1000);
      assert.equal(first!.report.nmiToPrevious, undefined);
      assert.equal(second!.report.nmiToPrevious, 0.62);
      assert.equal(second!.report.reassignedFraction, 0.48);
      assert.equal(second!.nmiToLabels, 0.32);
      assert.deepEqual(first!.training, {
        loss: 2.5,
        accuracy: 0.22,
        steps: 16,
      });
      assert.deepEqual(second!.phases.map(({ phase }) => phase), [
        "extract",
        "train",
      ]);
    }),
);

effectTest(
  "a run whose newest epoch is not trained is stopped, and one that has no epoch yet has none",
  () =>
    Effect.gen(function* () {
      const [first, second] = healthyEpochs(2);
      const { training: _, ...clustered } = second!;
      const run = yield* madeRun({ epochs: [first!, clustered] });
      const history = yield* readRunHistory(run);
      assert.equal(history.state, "stopped");
      assert.equal(history.epochs.length, 2);
      assert.ok(!("training" in history.epochs[1]!));
      const begun = yield* readRunHistory(yield* madeRun({ epochs: [] }));
      assert.deepEqual([begun.state, begun.epochs], ["stopped", []]);
    }),
);

effectTest(
  "a run that a process works on is running",
  () =>
    Effect.gen(function* () {
      const settings = { epochs: 5 };
      const run = yield* madeRun({
        epochs: healthyEpochs(2),
        settings,
        busy: true,
      });
      assert.equal((yield* readRunHistory(run)).state, "running");
    }),
);

effectTest(
  "a run of an earlier version tells what it knows",
  () =>
    Effect.gen(function* () {
      const run = yield* madeRun({ epochs: healthyEpochs(2) });
      yield* Effect.promise(async () => {
        await rm(join(run, "timings.jsonl"));
        await rm(join(run, "progress.json"));
      });
      const history = yield* readRunHistory(run);
      assert.deepEqual(history.processes, []);
      assert.ok(!("progress" in history) && !("survey" in history));
      assert.deepEqual(history.epochs.map(({ phases }) => phases), [[], []]);
    }),
);

/** Why a run cannot be read once one of its files was damaged. */
const messageAfter = Effect.fnUntraced(function* (
  damage: (run: string) => Promise<void>,
) {
  const run = yield* madeRun({ epochs: healthyEpochs(2) });
  yield* Effect.promise(() => damage(run));
  return (yield* Effect.flip(readRunHistory(run))).message;
});

effectTest(
  "readRunHistory() names file and line of what is damaged",
  () =>
    Effect.gen(function* () {
      const figures = yield* messageAfter((run) =>
        writeFile(join(run, "metrics.jsonl"), '{"event":"clustered",', {
          flag: "a",
        })
      );
      assert.match(figures, /metrics\.jsonl as line 5 breaks a rule: .* JSON/);
      const noLoss = yield* messageAfter((run) =>
        writeFile(
          join(run, "metrics.jsonl"),
          '{"event":"trained","epoch":2,"accuracy":1,"steps":3}\n',
        )
      );
      assert.match(noLoss, /metrics\.jsonl as line 1 .* loss must be a number/);
      const cut = yield* messageAfter((run) =>
        truncate(join(run, "clusters/epoch-0002.json"), 40)
      );
      assert.match(
        cut,
        /epoch-0002\.json as line 4 breaks a rule: .*figures of a/,
      );
      const wrong = yield* messageAfter(async (run) => {
        const path = join(run, "clusters/epoch-0001.json");
        const text = await readFile(path, "utf8");
        await writeFile(path, text.replace('"splits": 0', '"splits": -1'));
      });
      assert.match(wrong, /epoch-0001\.json as line \d\d breaks .*splits must/);
      const gone = yield* messageAfter((run) =>
        rm(join(run, "clusters/epoch-0001.json"))
      );
      assert.match(gone, /epoch-0001\.json as the path must exist/);
    }),
);
