import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compareRuns } from "./compare_runs.ts";
import { comparisonPage } from "./comparison_page.ts";
import { writeComparedRun } from "./comparison_testing.ts";
import { evaluationVersions } from "./evaluation_words.ts";

/** A run of one epoch, on which processes of these versions worked. */
const runOf = Effect.fnUntraced(
  function* (folder: string, ...versions: readonly string[]) {
    yield* writeComparedRun(folder, {
      paths: ["a.png", "b.png"],
      epochs: [[0, 1]],
    });
    const lines = versions.map((version) =>
      JSON.stringify({
        event: "started",
        startedAt: "2026-01-01T00:00:00.000Z",
        version,
        runtime: "Deno",
        engine: "reference, cpu, 1 threads",
        processor: "EPYC",
        cores: 2,
        memoryBytes: 1,
      }) + "\n"
    );
    writeFileSync(join(folder, "timings.jsonl"), lines.join(""));
    return folder;
  },
);

effectTest(
  "compareRuns() says of runs of several versions which these are",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const [one, both, unknown] = [
        yield* runOf(join(folder, "one"), "0.8.0", "0.8.0"),
        yield* runOf(join(folder, "both"), "0.8.0", "0.9.0"),
        yield* runOf(join(folder, "unknown")),
      ];
      const comparison = yield* compareRuns([one, both, unknown]);
      assert.deepEqual(comparison.environment[0], {
        field: "version",
        values: ["0.8.0", "0.8.0, 0.9.0", undefined],
      });
      const page = yield* comparisonPage(comparison, new Map());
      assert.match(
        page,
        /version<\/th><td>0\.8\.0<\/td><td>0\.8\.0, 0\.9\.0<\/td><td>not noted</,
      );
    }),
);

effectTest(
  "compareRuns() of runs that were trained alike says nothing of it",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const one = yield* runOf(join(folder, "one"), "0.9.0");
      const two = yield* runOf(join(folder, "two"), "0.9.0", "0.9.0");
      const comparison = yield* compareRuns([one, two]);
      assert.deepEqual(comparison.environment, []);
      assert.doesNotMatch(
        yield* comparisonPage(comparison, new Map()),
        /Trained with/,
      );
    }),
);

const keep = (run: string, version?: string) => {
  mkdirSync(join(run, "evaluations"), { recursive: true });
  const figure = {
    model: "a run",
    layer: "features",
    protocol: "knn, k = 20",
    split: "given",
    images: 2,
    classes: 2,
    statistic: "top-1 accuracy",
    value: 0.5,
  };
  writeFileSync(
    join(run, "evaluations/0001-knn.json"),
    JSON.stringify({ command: "knn", epoch: 1, figures: [figure], version }),
  );
};

effectTest(
  "evaluationVersions() names them where runs were evaluated by several",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const one = yield* runOf(join(folder, "one"), "0.9.0");
      const two = yield* runOf(join(folder, "two"), "0.9.0");
      keep(one, "0.9.2");
      const alone = yield* compareRuns([one, two]);
      assert.equal(evaluationVersions(alone), undefined);
      keep(two);
      const comparison = yield* compareRuns([one, two]);
      const sentence = "Evaluated by several versions, whose figures may " +
        "differ for that alone: one by version 0.9.2, two by version 0.9.0 " +
        "or earlier";
      assert.equal(evaluationVersions(comparison), sentence);
      assert.ok(
        (yield* comparisonPage(comparison, new Map())).includes(sentence),
      );
      keep(two, "0.9.2");
      assert.equal(
        evaluationVersions(yield* compareRuns([one, two])),
        undefined,
      );
    }),
);
