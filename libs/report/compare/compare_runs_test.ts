import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { join } from "node:path";
import { compareRuns, namesOf } from "./compare_runs.ts";
import { comparisonCharts } from "./comparison_charts.ts";
import { comparisonPage } from "./comparison_page.ts";
import { paths, twoRuns, writeComparedRun } from "./comparison_testing.ts";
import { mappingSentence, runSentence } from "./comparison_words.ts";

effectTest(
  "compareRuns() lists the settings that differ, and only these",
  () =>
    Effect.gen(function* () {
      const { one, two } = yield* twoRuns;
      const { settings } = yield* compareRuns([one, two]);
      assert.deepEqual(
        new Map(settings.map(({ field, values }) => [field, values])),
        new Map([
          ["seed", ["7", "8"]],
          ["epochs", ["1", "2"]],
          ["cropScale", [
            settings.find(({ field }) => field === "cropScale")!.values[0],
            "0.5,1",
          ]],
          ["limit", [undefined, "6"]],
        ]),
      );
      const flag = settings.find(({ field }) => field === "cropScale")!.flag;
      assert.equal(flag, "crop-scale");
    }),
);

effectTest(
  "compareRuns() finds the same clusters under other numbers and orders",
  () =>
    Effect.gen(function* () {
      const { one, two } = yield* twoRuns;
      const comparison = yield* compareRuns([one, two]);
      const [mapping] = comparison.mappings;
      assert.deepEqual(mapping!.epochs, [1, 2]);
      assert.deepEqual([mapping!.common, mapping!.by], [6, "content"]);
      assert.equal(mapping!.agreement!.adjustedRand, 1);
      assert.deepEqual(mapping!.clusters[0], {
        cluster: 0,
        size: 3,
        parts: [{ cluster: 1, size: 3, common: 3, some: [0, 1, 2] }],
      });
      assert.match(
        mappingSentence(comparison, mapping!),
        /^Epoch 1 of one against epoch 2 of two, on all 6 images: NMI 1\.000/,
      );
    }),
);

effectTest(
  "compareRuns() of a run with itself has no difference",
  () =>
    Effect.gen(function* () {
      const { one } = yield* twoRuns;
      const { runs, settings, mappings } = yield* compareRuns([one, one]);
      assert.deepEqual(runs.map(({ name }) => name), ["one (1)", "one (2)"]);
      assert.deepEqual(settings, []);
      assert.equal(mappings[0]!.agreement!.nmi, 1);
    }),
);

effectTest(
  "compareRuns() says of runs on different images that they are",
  () =>
    Effect.gen(function* () {
      const { folder, one } = yield* twoRuns;
      const other = join(folder, "other");
      yield* writeComparedRun(other, { paths: ["x", "y"], epochs: [[0, 1]] });
      const comparison = yield* compareRuns([one, other]);
      const [mapping] = comparison.mappings;
      assert.deepEqual([mapping!.clusters, mapping!.agreement], [
        [],
        undefined,
      ]);
      const sentence = mappingSentence(comparison, mapping!);
      assert.match(sentence, /^one and other have no image in common/);
      const page = yield* comparisonPage(comparison, new Map());
      assert.match(page, /have no image in common/);
    }),
);

effectTest(
  "compareRuns() compares a run that has no clustering yet",
  () =>
    Effect.gen(function* () {
      const { folder, one } = yield* twoRuns;
      const fresh = join(folder, "fresh");
      yield* writeComparedRun(fresh, {
        paths,
        epochs: [],
        settings: {
          epochs: 3,
          from: {
            path: join(one, "checkpoints/epoch-0001.safetensors"),
            sha256: "0".repeat(64),
          },
        },
      });
      const comparison = yield* compareRuns([one, fresh]);
      assert.deepEqual(comparison.mappings, []);
      assert.match(
        runSentence(comparison.runs, comparison.runs[1]!),
        /0 epochs of 3: stopped; begun from the weights of one$/,
      );
      assert.match(
        yield* comparisonPage(comparison, new Map()),
        /Not every run has clusters yet/,
      );
    }),
);

effectTest(
  "comparisonCharts() go to the last epoch of the longest run",
  () =>
    Effect.gen(function* () {
      const { one, two } = yield* twoRuns;
      const { runs } = yield* compareRuns([one, two]);
      const loss = comparisonCharts(runs).find(({ title }) =>
        title === "Loss"
      )!;
      assert.deepEqual(loss.x, ["1", "2"]);
      assert.deepEqual(
        loss.series.map(({ values }) => values),
        [[2, undefined], [2, 1]],
      );
      assert.ok(
        comparisonCharts(runs).every(({ title }) =>
          title !== "Time of an epoch"
        ),
      );
    }),
);

effectTest(
  "comparisonPage() is the same bytes for the same runs",
  () =>
    Effect.gen(function* () {
      const { one, two } = yield* twoRuns;
      const page = () =>
        Effect.flatMap(
          compareRuns([one, two]),
          (comparison) => comparisonPage(comparison, new Map()),
        );
      assert.equal(yield* page(), yield* page());
    }),
);

Deno.test("namesOf() tells runs of equal names apart", () => {
  assert.deepEqual(namesOf(["/a/x", "/b/x", "/b/y"]), ["x (1)", "x (2)", "y"]);
});
