import { Assigner, kmeans, reportClustering } from "@deepcluster/clustering";
import { matrix } from "@deepcluster/core";
import { readMetrics } from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import type { RunEvent } from "@deepcluster/training";
import { Effect } from "effect";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openMetrics } from "./metrics.ts";
import { runSummary } from "./summary.ts";
import assert from "node:assert/strict";

/** Four points of three dimensions, clustered. */
const clustered = Effect.gen(function* () {
  const points = matrix(
    4,
    3,
    Float32Array.of(0, 0, 0, 1, 0, 0, 9, 9, 9, 8, 9, 9),
  );
  const clustering = yield* kmeans(points, { k: 2, seed: 1 });
  return {
    type: "clustered",
    epoch: 1,
    report: yield* reportClustering(clustering),
    assignments: { path: "assignments", sha256: "", bytes: 0 },
  } satisfies RunEvent;
}).pipe(Effect.provide(Assigner.layerReference));

effectTest(
  "a line of metrics and the table tell the dimensions that PCA kept",
  () =>
    Effect.gen(function* () {
      const store = folderStore(mkdtempSync(join(tmpdir(), "metrics-")));
      const { lines, write } = yield* openMetrics(store, undefined);
      const line = yield* write(yield* clustered);
      assert.equal(line["dimensions"], 3);
      assert.deepEqual(yield* readMetrics(store), [line]);
      const [head, row] = runSummary("run", undefined, lines).text.split("\n");
      assert.match(head!, /^epoch {2}PCA {2}clusters/);
      assert.match(row!, /^ {4}1 {4}3 {9}2/);
    }),
);

effectTest(
  "a clustering of a run of an earlier version has a line without dimensions",
  () =>
    Effect.gen(function* () {
      const store = folderStore(mkdtempSync(join(tmpdir(), "metrics-")));
      const { write } = yield* openMetrics(store, undefined);
      const event = yield* clustered;
      const { dimensions: _, ...earlier } = event.report;
      const told = { ...event, report: earlier } as RunEvent;
      assert.ok(!("dimensions" in (yield* write(told))));
    }),
);
