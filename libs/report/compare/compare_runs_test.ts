import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { compareRuns, namesOf } from "./compare_runs.ts";
import { comparisonCharts } from "./comparison_charts.ts";
import { comparisonPage } from "./comparison_page.ts";
import { writeComparedRun } from "./comparison_testing.ts";
import {
  baselineText,
  figureText,
  mappingSentence,
  missingEvaluations,
  runSentence,
  shownBaselines,
} from "./comparison_words.ts";

const paths = ["a.png", "b.png", "c.png", "d.png", "e.png", "f.png"];

/** A run, and another of twice as many epochs with other clusters. */
const twoRuns = Effect.gen(function* () {
  const folder = yield* temporaryFolder;
  const [one, two] = [join(folder, "one"), join(folder, "two")];
  yield* writeComparedRun(one, { paths, epochs: [[0, 0, 0, 1, 1, 2]] });
  yield* writeComparedRun(two, {
    paths: paths.toReversed(),
    epochs: [[0, 0, 0, 0, 0, 0], [3, 2, 2, 1, 1, 1]],
    settings: { seed: 8, cropScale: [0.5, 1], limit: 6 },
  });
  return { folder, one, two };
});

const evaluated = (value: number) => ({
  command: "knn",
  epoch: 1,
  figures: [{
    model: "one, epoch 1",
    layer: "features",
    protocol: "knn, k = 20",
    split: "given",
    images: 100,
    classes: 4,
    statistic: "top-1 accuracy",
    value,
  }],
});

const keep = (run: string, name: string, content: unknown) => {
  const file = join(run, "evaluations", name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(content));
};

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
  "compareRuns() puts kept evaluations side by side and names gaps",
  () =>
    Effect.gen(function* () {
      const { one, two } = yield* twoRuns;
      keep(one, "0001-knn.json", evaluated(0.5));
      keep(one, "0002-knn.json", evaluated(0.625));
      const gap = yield* compareRuns([one, two]);
      assert.deepEqual(
        gap.evaluations.map((row) => figureText(row, 0, gap)),
        ["0.625"],
      );
      assert.deepEqual(missingEvaluations(gap), [
        `deno task evaluate knn ${two} IMAGES`,
      ]);
      keep(two, "0001-knn.json", evaluated(0.75));
      keep(two, "0002-broken.json", { figures: 7 });
      const full = yield* compareRuns([one, two]);
      const [row] = full.evaluations;
      assert.equal(full.evaluations.length, 1);
      assert.equal(figureText(row!, 1, full), "0.750, epoch 1");
      assert.deepEqual(missingEvaluations(full), []);
    }),
);

effectTest(
  "compareRuns() sets random weights and pixels beside the runs, as no run's figures",
  () =>
    Effect.gen(function* () {
      const { one, two } = yield* twoRuns;
      const all = (...values: readonly [model: string, number][]) => {
        const { figures: [figure], ...rest } = evaluated(0);
        return {
          ...rest,
          figures: values.map(([model, value]) => ({
            ...figure,
            model,
            ...model === "pixels" && { layer: "pixels" },
            value,
          })),
        };
      };
      keep(
        one,
        "0001-all.json",
        all(["pixels", 0.25], ["one, epoch 1", 0.75], ["random", 0.5]),
      );
      keep(two, "0001-all.json", all(["pixels", 0.25], ["random", 0.625]));
      const comparison = yield* compareRuns([one, two]);
      const [row, ...others] = comparison.evaluations;
      assert.deepEqual(others, []);
      assert.deepEqual(
        row!.figures.map((figure) => figure?.value),
        [0.75, undefined],
      );
      const textOf = (baseline: "pixels" | "random") =>
        baselineText(row!, baseline, comparison);
      assert.equal(textOf("pixels"), "0.250");
      assert.equal(textOf("random"), "0.500 (one), 0.625 (two)");
      const page = yield* comparisonPage(comparison, new Map());
      assert.match(
        page,
        />pixels<\/th><th [^>]*>random<\/th><th [^>]*>one</,
      );
      assert.match(
        page,
        /<th scope="rowgroup" [^>]*>knn, k = 20: 100 images of 4 classes, given</,
      );
      keep(one, "0002-all.json", all(["one, epoch 1", 0.5]));
      rmSync(join(two, "evaluations"), { recursive: true });
      assert.deepEqual(
        shownBaselines((yield* compareRuns([one, two])).evaluations),
        ["pixels", "random"],
      );
      rmSync(join(one, "evaluations/0001-all.json"));
      assert.deepEqual(
        shownBaselines((yield* compareRuns([one, two])).evaluations),
        [],
      );
    }),
);

effectTest(
  "compareRuns() compares no figures of other seeds, crops or training images",
  () =>
    Effect.gen(function* () {
      const { one, two } = yield* twoRuns;
      const taken = (value: number, how: Readonly<Record<string, unknown>>) => {
        const { figures: [figure], ...rest } = evaluated(value);
        const usual = { seeds: [1, 2], crops: "centre", learnedFrom: 400 };
        return { ...rest, figures: [{ ...figure, ...usual, ...how }] };
      };
      const others = [{ seeds: [1] }, { crops: "ten" }, { learnedFrom: 300 }];
      keep(one, "0001-knn.json", taken(0.5, {}));
      for (const [at, how] of others.entries()) {
        keep(two, `000${at}-knn.json`, taken(0.75, how));
      }
      const apart = yield* compareRuns([one, two]);
      assert.deepEqual(
        apart.evaluations.map(({ figures }) =>
          figures.map((one) => one?.value)
        ),
        [[0.5, undefined], ...others.map(() => [undefined, 0.75])],
      );
      assert.equal(
        apart.evaluations[1]!.data,
        "100 images of 4 classes, learned from 400, given, crops centre, seed 1",
      );
      keep(two, "0009-knn.json", taken(0.625, {}));
      const [row] = (yield* compareRuns([one, two])).evaluations;
      assert.deepEqual(row!.figures.map((one) => one?.value), [0.5, 0.625]);
    }),
);

effectTest(
  "compareRuns() compares a run's own clusters, though each run has its seed",
  () =>
    Effect.gen(function* () {
      const { one, two } = yield* twoRuns;
      const ofSeed = (seed: number) => {
        const { figures: [figure], ...rest } = evaluated(0.5);
        const figures = [{ ...figure, layer: "assignments", seeds: [seed] }];
        return { ...rest, figures };
      };
      keep(one, "0001-nmi.json", ofSeed(7));
      keep(two, "0001-nmi.json", ofSeed(8));
      const { evaluations } = yield* compareRuns([one, two]);
      assert.deepEqual(
        evaluations.map(({ figures }) => figures.map((one) => one?.value)),
        [[0.5, 0.5]],
      );
    }),
);

effectTest(
  "compareRuns() takes evaluations only, and nothing of the cache beside them",
  () =>
    Effect.gen(function* () {
      const { one, two } = yield* twoRuns;
      keep(one, "0001-knn.json", evaluated(0.5));
      keep(one, "cache/0123/about.json", evaluated(0.625));
      const { evaluations } = yield* compareRuns([one, two]);
      assert.deepEqual(
        evaluations.map(({ figures }) => figures[0]?.value),
        [0.5],
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
