import { openNpy } from "@deepcluster/storage";
import { effectTest, makeClasses, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runEvaluator } from "./commands_testing.ts";
import assert from "node:assert/strict";

const random = "--network small --size 16 --threads 1".split(" ");

effectTest(
  "features writes the rows of layers beside the paths of readable images, " +
    "and cluster names its rows by them",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const images = join(folder, "images");
      yield* Effect.promise(() => makeClasses(images, 20));
      const all = readdirSync(images, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".png")).sort();
      writeFileSync(join(images, all[7]!), "not an image");
      const run = (...args: string[]) =>
        Effect.promise(() =>
          runEvaluator(
            ["random", images, "--out", join(folder, "f.npy"), ...random]
              .concat("--cache", join(folder, "cache"), ...args),
            "features_main.ts",
          )
        );
      const pixels = yield* Effect.promise(() =>
        runEvaluator(
          ["pixels", images, "--out", join(folder, "f.npy")]
            .concat("--layers", "conv1"),
          "features_main.ts",
        )
      );
      assert.equal(pixels.code, 1);
      assert.match(
        pixels.log,
        /--layers must come with a network: pixels have no layers: --layers conv1/,
      );
      const two = yield* run("--layers", "conv2,features", "--json");
      assert.equal(two.code, 0, two.log);
      const { files, unreadable } = JSON.parse(two.output);
      assert.deepEqual(unreadable, [all[7]]);
      const names = readFileSync(files[1].paths, "utf8").trimEnd().split("\n");
      assert.deepEqual(names, all.filter((_, i) => i !== 7));
      for (const { path, rows, columns } of files) {
        const file = yield* openNpy(path);
        assert.deepEqual([file.rows, file.columns], [rows, columns]);
        const block = yield* file.read(0, rows);
        assert.equal(new Set(block.data).size > rows, true);
      }
      assert.deepEqual(
        files.map(({ path }: { path: string }) => path.slice(folder.length)),
        ["/f-conv2.npy", "/f-features.npy"],
      );

      const one = yield* run("--force");
      assert.match(one.output, /f\.npy: features of random, 59 rows of \d+; /);
      const again = yield* run();
      assert.equal(again.code, 1);
      assert.match(again.log, /file must be new, or --force given/);
      assert.deepEqual(
        readFileSync(join(folder, "f.npy")),
        readFileSync(join(folder, "f-features.npy")),
      );

      const clustered = yield* Effect.promise(() =>
        runEvaluator(
          [join(folder, "f.npy"), "--clusters", "3", "--pca", "5"]
            .concat("--out", join(folder, "clusters"), "--threads", "1"),
          "cluster_main.ts",
        )
      );
      assert.equal(clustered.code, 0, clustered.log);
      const table = readFileSync(join(folder, "clusters/assignments.tsv"));
      assert.deepEqual(
        `${table}`.trimEnd().split("\n").slice(1).map((row) =>
          row.split("\t")[0]
        ),
        names,
      );
    }).pipe(Effect.scoped),
);
