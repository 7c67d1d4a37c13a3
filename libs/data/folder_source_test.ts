import { effectTest, testFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { folderSource } from "./folder_source.ts";
import assert from "node:assert/strict";

const names = (...paths: string[]) =>
  Object.fromEntries(paths.map((path) => [path, ""]));

effectTest(
  "folderSource() lists images of all subfolders in the order of code units",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder(names(
        "b.jpg",
        "a/z.PNG",
        "a/b/c.webp",
        "B.tiff",
        "a.jpeg",
        "ä.gif",
      ));
      const { source, ignored } = yield* folderSource(folder);
      assert.deepEqual(source.ids, [
        "B.tiff",
        "a.jpeg",
        "a/b/c.webp",
        "a/z.PNG",
        "b.jpg",
        "ä.gif",
      ]);
      assert.equal(ignored, 0);
      assert.deepEqual(source.payload(2), {
        kind: "file",
        path: join(folder, "a/b/c.webp"),
      });
    }),
);

effectTest(
  "folderSource() takes names with any character",
  () =>
    Effect.gen(function* () {
      const odd = [
        "a b.jpg",
        "new\nline.jpg",
        "🎉é.jpg",
        "x[1].jpg",
        "%s.jpg",
        "-q.jpg",
        " lead.jpg",
        "q'\".jpg",
        "back\\slash.jpg",
        "ends.jpg ",
      ];
      const folder = yield* testFolder(names(...odd));
      const { source, ignored } = yield* folderSource(folder);
      assert.deepEqual(source.ids, odd.slice(0, -1).sort());
      assert.equal(ignored, 1, "an extension with a blank is no image's");
    }),
);

effectTest(
  "folderSource() passes over hidden files and leaves others aside",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder(names(
        "a.jpg",
        ".hidden.jpg",
        ".cache/b.jpg",
        "notes.txt",
        "c",
        "d/e.json",
      ));
      const { source, ignored } = yield* folderSource(folder);
      assert.deepEqual(source.ids, ["a.jpg"]);
      assert.equal(ignored, 3);
    }),
);

effectTest(
  "folderSource() takes images that cannot be decoded, to report them",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder(names("a.bmp", "b.HEIC"));
      const { source } = yield* folderSource(folder);
      assert.deepEqual(source.ids, ["a.bmp", "b.HEIC"]);
    }),
);

effectTest(
  "folderSource() labels by the first folder when all images have one",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder(names(
        "n02/deep/er/1.jpg",
        "n01/2.jpg",
        "n02/1.jpg",
      ));
      const { source, labels } = yield* folderSource(folder);
      assert.deepEqual(source.ids, [
        "n01/2.jpg",
        "n02/1.jpg",
        "n02/deep/er/1.jpg",
      ]);
      assert.deepEqual(labels?.names, ["n01", "n02"]);
      assert.deepEqual(labels?.classes, Int32Array.of(0, 1, 1));
      const unlabelled = yield* folderSource(folder, { labels: false });
      assert.equal(unlabelled.labels, undefined);
    }),
);

effectTest(
  "folderSource() has no labels for one folder, and tells images beside classes",
  () =>
    Effect.gen(function* () {
      const single = yield* testFolder(names("train/1.jpg", "train/2.jpg"));
      assert.equal((yield* folderSource(single)).labels, undefined);
      const mixed = yield* testFolder(names("a/1.jpg", "b/2.jpg", "3.jpg"));
      const { source, labels, folder } = yield* folderSource(mixed);
      assert.deepEqual(source.ids, ["3.jpg", "a/1.jpg", "b/2.jpg"]);
      assert.deepEqual(labels?.classes, Int32Array.of(-1, 0, 1));
      assert.deepEqual(folder.unlabelled, ["3.jpg"]);
    }),
);

effectTest(
  "folderSource() takes the training part alone, with the names of the whole",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder(names(
        "set/Train/a/1.jpg",
        "set/Train/b/2.jpg",
        "set/Test/a/3.jpg",
        "set/Test/c/4.jpg",
        "set/beside.jpg",
      ));
      const part = yield* folderSource(folder, { reading: "training part" });
      assert.deepEqual(part.source.ids, [
        "set/Train/a/1.jpg",
        "set/Train/b/2.jpg",
      ]);
      assert.deepEqual(part.source.payload(1), {
        kind: "file",
        path: join(folder, "set/Train/b/2.jpg"),
      });
      assert.deepEqual(part.labels?.names, ["a", "b"]);
      assert.deepEqual(part.folder.outside, ["set/beside.jpg"]);
      const all = yield* folderSource(folder);
      assert.equal(all.source.ids.length, 5);
      assert.deepEqual(all.labels?.names, ["a", "b", "c"]);
    }),
);

effectTest(
  "folderSource() skips run folders and previews, unless all files are wanted",
  () =>
    Effect.gen(function* () {
      const files = names(
        "a/1.jpg",
        "b/2.jpg",
        "b/@eaDir/2.jpg/SMALL.jpg",
        "__MACOSX/a/1.jpg",
        "runs/old/clusters.png",
        "runs/old/config.json",
        "runs/old/run.lock",
        "runs/old/evaluations/more.png",
        "begun/journal.db",
        "begun/run.lock",
        "begun/clusters.png",
        "settings/config.json",
        "settings/3.jpg",
      );
      const folder = yield* testFolder(files);
      const { source, labels, folder: found } = yield* folderSource(folder);
      assert.deepEqual(source.ids, ["a/1.jpg", "b/2.jpg", "settings/3.jpg"]);
      assert.deepEqual(labels?.names, ["a", "b", "settings"]);
      assert.deepEqual(found.runs.toSorted(), ["begun/", "runs/old/"]);
      const before = yield* folderSource(folder, { reading: "all files" });
      assert.deepEqual(
        before.source.ids,
        Object.keys(files).filter((name) => /png|jpg$/.test(name)).sort(),
      );
      assert.deepEqual(before.folder.runs, []);
      const run = yield* Effect.flip(folderSource(join(folder, "runs/old")));
      assert.match(
        run.message,
        /at least one image.*it is the folder of a run/,
      );
    }),
);

effectTest(
  "folderSource() refuses parts that may be classes, but for all files",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder(names("cat/1.jpg", "test/2.jpg"));
      for (const reading of ["all parts", "training part"] as const) {
        const error = yield* Effect.flip(folderSource(folder, { reading }));
        assert.equal(
          error.message,
          "Cannot open images as the folders in it must all be classes, or all " +
            "be parts of a split, one of them for training: current value is " +
            `path=${folder} (test is the name of a part, cat is not: rename a ` +
            "folder, name one of them, or list the images in a manifest)",
        );
      }
      const before = yield* folderSource(folder, { reading: "all files" });
      assert.deepEqual(before.source.ids, ["cat/1.jpg", "test/2.jpg"]);
      assert.equal(before.labels, undefined);
    }),
);

effectTest(
  "folderSource() follows links, but lists each folder once",
  () =>
    Effect.gen(function* () {
      const elsewhere = yield* testFolder(names("out/o.jpg"));
      const folder = yield* testFolder(names("real/r.jpg", "real/sub/s.jpg"));
      yield* Effect.promise(async () => {
        const link = (target: string, name: string) =>
          symlink(target, join(folder, name));
        await link(folder, "real/loop");
        await link("../..", "real/sub/up");
        await link("real", "a-second-way");
        await link(join(elsewhere, "out"), "outside");
        await link(join(elsewhere, "out/o.jpg"), "one.jpg");
        await link("nowhere", "broken.jpg");
        await link("nowhere", "broken");
        await link("self", "self");
      });
      const { source, ignored } = yield* folderSource(folder);
      assert.deepEqual(source.ids, [
        "broken.jpg",
        "one.jpg",
        "outside/o.jpg",
        "real/r.jpg",
        "real/sub/s.jpg",
      ]);
      assert.equal(ignored, 2);
    }),
);

effectTest(
  "folderSource() fails with SourceError naming what is wrong",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder(names("a.txt", "sub/.x.jpg"));
      const empty = yield* Effect.flip(folderSource(folder));
      assert.equal(
        empty.message,
        "Cannot open images as the source must hold at least one image: " +
          `current value is path=${folder} (1 other files, such as a.txt)`,
      );
      const missing = yield* Effect.flip(folderSource(join(folder, "b")));
      assert.equal(
        missing.message,
        "Cannot open images as the path must exist: " +
          `current value is path=${join(folder, "b")}`,
      );
      const file = yield* Effect.flip(folderSource(join(folder, "a.txt")));
      assert.equal(file.problem, "unsupported");
    }),
);

effectTest(
  "folderSource() lists thousands of images of fifty folders",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder();
      yield* Effect.promise(async () => {
        for (let i = 0; i < 50; i++) {
          const sub = join(folder, `c${i}`);
          await mkdir(sub);
          await Promise.all(
            Array.from(
              { length: 50 },
              (_, j) => writeFile(join(sub, `${j}.jpg`), ""),
            ),
          );
        }
      });
      const { source, labels } = yield* folderSource(folder);
      assert.equal(source.ids.length, 2_500);
      assert.deepEqual(source.ids, [...source.ids].sort());
      assert.equal(labels?.names.length, 50);
    }),
);
