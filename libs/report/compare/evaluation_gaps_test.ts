import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { compareRuns } from "./compare_runs.ts";
import {
  evaluated,
  keep,
  paths,
  twoRuns,
  writeComparedRun,
} from "./comparison_testing.ts";
import { evaluationGaps } from "./evaluation_gaps.ts";

type Figure = ReturnType<typeof evaluated>["figures"][number];

/** Keeps one evaluation, and says what gaps there are then. */
const gapsOf = Effect.fnUntraced(function* (
  [one, two]: readonly [string, string],
  evaluation: Readonly<Record<string, unknown>>,
  ...figures: readonly Partial<Figure>[]
) {
  const { figures: [figure], ...rest } = evaluated(0.5);
  keep(one, "0001-all.json", {
    ...rest,
    data: dirname(one),
    ...evaluation,
    figures: figures.map((changed) => ({ ...figure, ...changed })),
  });
  return evaluationGaps(yield* compareRuns([one, two]), basename);
});

const runsWith = Effect.fnUntraced(
  function* (settings: object, paths: readonly string[]) {
    const { one, folder } = yield* twoRuns;
    const two = join(folder, "two runs");
    yield* writeComparedRun(two, {
      paths,
      epochs: [paths.map((_, at) => at % 2)],
      settings,
    });
    return [one, two] as const;
  },
);

effectTest(
  "evaluationGaps() repeats a command on another run, with the settings of the first",
  () =>
    Effect.gen(function* () {
      const runs = yield* runsWith({ clusters: 5, pca: 9 }, paths);
      const typed = { command: "all", flags: ["--seeds", "2"] };
      const plain = yield* gapsOf(runs, typed, {});
      const images = basename(dirname(runs[0]));
      const command = `deno task evaluate all 'two runs' ${images} --seeds 2`;
      assert.deepEqual(plain, { commands: [command], reasons: [] });
      const clustered = { protocol: "k-means, k = 4, PCA 256" };
      const { commands } = yield* gapsOf(runs, typed, {}, clustered);
      assert.deepEqual(commands, [`${command} --clusters 4 --pca 256`]);
      const flags = ["-k", "3", "--pca", "2"];
      const nmi = yield* gapsOf(runs, { command: "nmi", flags }, clustered);
      assert.deepEqual(nmi.commands, [
        `deno task evaluate nmi 'two runs' ${images} -k 3 --pca 2`,
      ]);
    }),
);

effectTest(
  "evaluationGaps() says of gaps that no command fills why that is",
  () =>
    Effect.gen(function* () {
      const own = { layer: "assignments" };
      const all = { command: "all", flags: [] };
      const reasonsOf = Effect.fnUntraced(
        function* (...args: Parameters<typeof gapsOf>) {
          const { commands, reasons } = yield* gapsOf(...args);
          assert.deepEqual(commands, []);
          return reasons;
        },
      );
      const five = yield* runsWith({ clusters: 5 }, paths);
      assert.deepEqual(yield* reasonsOf(five, all, own), [
        "Runs' own clusters are compared only where they are as many: " +
        "one has 4, two runs 5",
      ]);
      const other = yield* runsWith({}, ["x.png", "y.png"]);
      assert.match((yield* reasonsOf(other, all, own))[0]!, /were trained on/);
      const deep = yield* runsWith({ model: "alexnet", size: 224 }, paths);
      assert.deepEqual(
        yield* reasonsOf(deep, all, { layer: "fc5" }),
        ["two runs is alexnet, which has no layer fc5"],
      );
      const [gone] = yield* reasonsOf(
        five,
        { ...all, data: join(five[0], "none") },
        {},
      );
      assert.match(gone!, /^The images none are gone/);
    }),
);

effectTest(
  "evaluationGaps() repeats no command that left the same out before",
  () =>
    Effect.gen(function* () {
      const runs = yield* runsWith({}, paths);
      const data = join(dirname(runs[0]), "labelled");
      mkdirSync(data);
      const { figures: [figure], ...rest } = evaluated(0.5);
      const command = { ...rest, command: "all", data, flags: [] };
      keep(runs[1], "0001-all.json", {
        ...command,
        figures: [figure],
        skipped: [{ what: "knn, k = 200", reason: "too few" }],
      });
      const { commands, reasons } = yield* gapsOf(runs, command, {}, {
        protocol: "knn, k = 200",
      });
      assert.deepEqual(commands, []);
      assert.deepEqual(reasons, [
        "The command that gave one its knn, k = 200 gave two runs others: " +
        "knn, k = 200: too few",
      ]);
    }),
);
