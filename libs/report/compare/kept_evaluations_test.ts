import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import { compareRuns } from "./compare_runs.ts";
import { comparisonPage } from "./comparison_page.ts";
import { evaluated, keep, twoRuns } from "./comparison_testing.ts";
import type { RunComparison } from "./run_comparison.ts";
import {
  baselineText,
  evaluationGroups,
  figureText,
  shownBaselines,
  unrecordedSentence,
} from "./evaluation_words.ts";

effectTest(
  "compareRuns() puts kept evaluations side by side",
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
      keep(two, "0001-knn.json", evaluated(0.75));
      keep(two, "0002-broken.json", { figures: 7 });
      const full = yield* compareRuns([one, two]);
      const [row] = full.evaluations;
      assert.equal(full.evaluations.length, 1);
      assert.equal(figureText(row!, 1, full), "0.750, epoch 1");
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
        /<th scope="rowgroup" [^>]*>knn, k = 20: labelled, 100 images of 4 classes, given</,
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
  "figures of runs and baselines are shown with deviation and interval",
  () =>
    Effect.gen(function* () {
      const { one, two } = yield* twoRuns;
      const interval = { low: 0.25, high: 0.75 };
      const kept = evaluated(0.5);
      const figure = { ...kept.figures[0], interval };
      const figures = [
        { ...figure, deviation: 0.125 },
        { ...figure, model: "random", deviation: 0.0625 },
        { ...figure, model: "pixels", layer: "pixels" },
      ];
      keep(one, "0001-all.json", { ...kept, figures });
      const comparison = yield* compareRuns([one, two]);
      const [row] = comparison.evaluations;
      assert.deepEqual([
        figureText(row!, 0, comparison),
        baselineText(row!, "random", comparison),
        baselineText(row!, "pixels", comparison),
      ], ["0.500 ± 0.125", "0.500 ± 0.063", "0.500 (0.250 to 0.750)"]);
      const page = yield* comparisonPage(comparison, new Map());
      for (const text of ["± 0\\.125 ", "± 0\\.063 ", ""]) {
        assert.match(
          page,
          new RegExp(`>0\\.500 ${text}\\(0\\.250 to 0\\.750\\)<`),
        );
      }
      assert.match(page, /standard deviation over the seeds/);
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
  "compareRuns() compares no figures on other images, though they are as many",
  () =>
    Effect.gen(function* () {
      const { one, two } = yield* twoRuns;
      const on = (value: number, data: string, content: string) => {
        const { figures: [figure], ...rest } = evaluated(value);
        const dataIdentity = content.repeat(64);
        return { ...rest, data, figures: [{ ...figure, dataIdentity }] };
      };
      const shownOf = (comparison: RunComparison) => ({
        titles: evaluationGroups(comparison, basename).map(({ title }) =>
          title
        ),
        values: comparison.evaluations.map(({ figures }) =>
          figures.map((one) => one?.value)
        ),
      });
      keep(one, "0001-knn.json", on(0.5, "/sets/cats", "a"));
      keep(two, "0001-knn.json", on(0.25, "/sets/dogs", "b"));
      assert.deepEqual(shownOf(yield* compareRuns([one, two])), {
        titles: [
          "knn, k = 20: cats, 100 images of 4 classes, given",
          "knn, k = 20: dogs, 100 images of 4 classes, given",
        ],
        values: [[0.5, undefined], [undefined, 0.25]],
      });
      // A copy of the same images is the same set.
      keep(two, "0002-knn.json", on(0.75, "/copies/cats", "a"));
      // The images were changed in their place.
      keep(one, "0002-knn.json", on(0.625, "/sets/cats", "c"));
      assert.deepEqual(shownOf(yield* compareRuns([one, two])), {
        titles: [
          "knn, k = 20: cats, 100 images of 4 classes, given (content aaaaaaaa)",
          "knn, k = 20: cats, 100 images of 4 classes, given (content cccccccc)",
          "knn, k = 20: dogs, 100 images of 4 classes, given",
        ],
        values: [[0.5, 0.75], [0.625, undefined], [undefined, 0.25]],
      });
    }),
);

effectTest(
  "compareRuns() compares no figures whose images were not recorded, until they are",
  () =>
    Effect.gen(function* () {
      const { one, two } = yield* twoRuns;
      const earlier = (value: number) => {
        const { figures: [figure], data: _, ...rest } = evaluated(value);
        return { ...rest, figures: [{ ...figure, dataIdentity: undefined }] };
      };
      keep(one, "0001-knn.json", earlier(0.5));
      keep(two, "0001-knn.json", earlier(0.75));
      const apart = yield* compareRuns([one, two]);
      assert.deepEqual(
        evaluationGroups(apart, basename).map(({ title, rows }) => [
          title,
          rows.map(({ figures }) => figures.map((one) => one?.value)),
        ]),
        [
          [
            "knn, k = 20: images not recorded (one), 100 images of 4 classes, given",
            [[0.5, undefined]],
          ],
          [
            "knn, k = 20: images not recorded (two), 100 images of 4 classes, given",
            [[undefined, 0.75]],
          ],
        ],
      );
      assert.match(unrecordedSentence(apart)!, /cannot be compared/);
      assert.match(
        yield* comparisonPage(apart, new Map()),
        /the figures are of version 0\.9\.0 or earlier/,
      );
      keep(one, "0002-knn.json", evaluated(0.5));
      keep(two, "0002-knn.json", evaluated(0.75));
      const together = yield* compareRuns([one, two]);
      assert.equal(unrecordedSentence(together), undefined);
      assert.deepEqual(
        together.evaluations.map(({ figures }) =>
          figures.map((one) => one?.value)
        ),
        [[0.5, 0.75]],
      );
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
