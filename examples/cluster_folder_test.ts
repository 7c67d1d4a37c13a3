import { folderStore, readTable } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { program } from "./cluster_folder.ts";
import { groups, makeImages } from "./made_images.ts";
import { temporaryFolder } from "./temporary_testing.ts";
import assert from "node:assert/strict";
import sharp from "sharp";

effectTest(
  "cluster_folder.ts puts images of a shape together, and lists and draws all but the unreadable one",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const photos = join(folder, "photos");
      const out = join(folder, "out");
      yield* makeImages(photos, 30);
      const broken = join(photos, "rings", "broken.png");
      yield* Effect.promise(() => writeFile(broken, "no picture"));

      const found = yield* program(photos, out);
      assert.equal(found.images, 30 * groups.length);
      assert.equal(found.unreadable, 1);
      // Eight even clusters, all of one shape, have ln 4 / sqrt(ln 4 ln 8) = 0.82.
      assert.ok(found.nmiToFolders! > 0.65, `NMI ${found.nmiToFolders}`);

      const rows: (readonly string[])[] = [];
      yield* readTable(
        folderStore(out),
        "clusters.tsv",
        ["path", "cluster"],
        (row) => rows.push(row),
      );
      assert.equal(new Set(rows.map(([path]) => path)).size, found.images);
      assert.equal(new Set(rows.map(([, cluster]) => cluster)).size, 8);
      const png = yield* Effect.promise(() =>
        readFile(join(out, "clusters.png"))
      );
      const { format, width } = yield* Effect.promise(() =>
        sharp(png).metadata()
      );
      assert.equal(format, "png");
      assert.ok(width > 1000, `${width} pixels across`);
    }),
);
