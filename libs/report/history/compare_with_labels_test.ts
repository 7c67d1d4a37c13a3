import { Progress } from "@deepcluster/core";
import { nmi } from "@deepcluster/metrics";
import { writeAssignments } from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { compareWithLabels } from "./compare_with_labels.ts";
import { madeRun } from "./made_run_testing.ts";
import { readRunHistory } from "./read_run_history.ts";
import assert from "node:assert/strict";

effectTest(
  "compareWithLabels() gives each epoch with a table the NMI of its clusters to the labels that there are",
  () =>
    Effect.gen(function* () {
      const epoch = { sizes: [3, 2], nmiToLabels: 0.9 };
      const run = yield* madeRun({ epochs: [epoch, epoch] });
      const clusters = Int32Array.of(0, 1, 0, 1, 0);
      const paths = ["a", "b", "c", "d", "e"];
      yield* writeAssignments(folderStore(run), 2, { paths, clusters });
      const history = yield* readRunHistory(run);
      const classes = Int32Array.of(0, 1, 1, 1, -1);
      const compared = yield* compareWithLabels(history, {
        names: ["cat", "dog"],
        classes,
      });
      assert.deepEqual(compared.epochs.map(({ nmiToLabels }) => nmiToLabels), [
        undefined,
        yield* nmi(clusters.subarray(0, 4), classes.subarray(0, 4)),
      ]);
      assert.ok(!("nmiToLabels" in compared.epochs[0]!));
    }).pipe(Effect.provide(Progress.layerSilent)),
);
