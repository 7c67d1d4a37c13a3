import { effectTest, makeClasses, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { filesOf, makeRun, runVisualise } from "./visualise_testing.ts";
import assert from "node:assert/strict";
import sharp from "sharp";

effectTest(
  "visualise clusters draws images of the clusters that are named or drawn, " +
    "and says what is missing",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const images = join(folder, "images");
      yield* Effect.promise(() => makeClasses(images, 6));
      const names = readdirSync(images, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".png")).sort();
      const run = join(folder, "run");
      // Twelve images in cluster 0, all of a class in cluster 2, none in 1.
      yield* makeRun(run, images, names, names.map((_, i) => i < 12 ? 0 : 2));
      const visualised = (out: string, ...flags: string[]) =>
        runVisualise(["clusters", run, "--out", join(folder, out), ...flags]);

      const all = yield* visualised("all", "--json");
      assert.equal(all.code, 0, all.log);
      const { clusters, epoch, missing } = JSON.parse(all.output);
      assert.deepEqual([epoch, missing], [2, []]);
      assert.deepEqual(clusters, [
        {
          cluster: 0,
          images: 12,
          label: "across",
          labelled: 12,
          fraction: 0.5,
        },
        { cluster: 2, images: 6, label: "rings", labelled: 6, fraction: 1 },
      ]);
      yield* visualised("again");
      assert.deepEqual(
        filesOf(join(folder, "again")),
        filesOf(join(folder, "all")),
      );
      const page = readFileSync(join(folder, "all/index.html"), "utf8");
      assert.match(
        page,
        /alt="Up to 12 images of each of the clusters 0, 2\."/,
      );

      rmSync(join(images, names[13]!));
      const two = yield* visualised("two", "--clusters", "2", "--json");
      assert.deepEqual(JSON.parse(two.output).missing, [names[13]]);
      assert.match(two.log, /1 image is missing .* such as rings\/001\.png/);
      const { height } = yield* Effect.promise(() =>
        sharp(join(folder, "two/clusters.png")).metadata()
      );
      assert.ok(height > 64);

      for (
        const [flags, message] of [
          [["--clusters", "1"], /clusters that have images.*: --clusters 1$/],
          [["--tile", "9000"], /32767 .*: 216216 × 9154 pixels$/],
          [["--epoch", "3"], /of the run, 1 to 2: --epoch 3$/],
        ] as const
      ) {
        const refused = yield* visualised("x", ...flags);
        assert.equal(refused.code, 1);
        assert.match(refused.log.trimEnd(), message);
      }
      assert.deepEqual(
        readdirSync(folder).sort(),
        ["again", "all", "images", "run", "two"],
      );
    }).pipe(Effect.scoped),
);
