import { Progress } from "@deepcluster/core";
import { digestAt, folderSource, survey } from "@deepcluster/data";
import {
  layerRunFolder,
  openJournal,
  parseConfiguration,
  readRunImages,
  runFiles,
} from "@deepcluster/runs";
import { folderStore, writeTable } from "@deepcluster/storage";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { TestClock } from "effect/testing";
import {
  cp,
  mkdir,
  mkdtemp,
  rename,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openImages } from "./images.ts";
import assert from "node:assert/strict";
import sharp from "sharp";

const promised = <A>(make: () => Promise<A>) => Effect.promise(make);

/** Images whose sizes do not depend on what they show, written long ago. */
const makeSet = async (folder: string, first: number) => {
  await mkdir(folder);
  for (let i = 0; i < 30; i++) {
    const raw = { width: 6, height: 6, channels: 3 } as const;
    const path = join(folder, `${10 + i}.tif`);
    await writeFile(
      path,
      await sharp(new Uint8Array(108).fill(first + i), { raw })
        .tiff({ compression: "none" }).toBuffer(),
    );
    await utimes(path, 1e9, 1e9);
  }
};

const made = Effect.gen(function* () {
  const root = yield* promised(() => mkdtemp(join(tmpdir(), "run-images-")));
  const [set, run] = [join(root, "set"), join(root, "run")];
  yield* promised(async () => {
    await makeSet(set, 1);
    await writeFile(join(set, "50.tif"), "no image");
    await mkdir(run);
  });
  return { root, set, run };
});

/** Opens a run's images years later, and tells how many were read. */
const open = Effect.fnUntraced(
  function* (run: string, path: string) {
    yield* TestClock.setTime(4e12);
    let looked = 0;
    const counter = Layer.succeed(Progress, {
      report: ({ done }) => Effect.sync(() => looked = done),
    });
    const configuration = yield* parseConfiguration(
      { images: path, clusters: 2, size: 16 },
      "a test",
    );
    const { source } = yield* folderSource(path);
    const images = yield* openImages(configuration, source).pipe(
      Effect.provide([counter, layerRunFolder(run)]),
    );
    return { ...images, looked };
  },
  Effect.provide(TestClock.layer()),
);

effectTest(
  "openImages() reads the images once, and again only where files were moved " +
    "or touched",
  () =>
    Effect.gen(function* () {
      const { root, set, run } = yield* made;
      const first = yield* open(run, set);
      assert.deepEqual([first.size, first.unreadable, first.looked], [
        30,
        1,
        31,
      ]);
      const store = folderStore(run);
      const { ids, sha256s, leftOut } = yield* readRunImages(store);
      assert.equal(ids.length, 30);
      assert.equal(sha256s![3], digestAt(first.digests, 3));
      assert.deepEqual(leftOut.map(({ id }) => id), ["50.tif"]);
      const again = yield* open(run, set);
      assert.equal(again.looked, 0);
      assert.equal(again.contentHash, first.contentHash);
      assert.deepEqual(again.usable, first.usable);
      // Files that are left out are never compared.
      const used = first.digests.slice(0, 32 * 30);
      assert.deepEqual(again.digests.slice(0, 32 * 30), used);
      const moved = join(root, "moved");
      yield* promised(() => cp(set, moved, { recursive: true }));
      const looked = [];
      for (const path of [moved, moved, set, set]) {
        const found = yield* open(run, path);
        assert.equal(found.contentHash, first.contentHash);
        looked.push(found.looked);
      }
      assert.deepEqual(looked, [31, 0, 31, 0]);
    }),
);

effectTest(
  "openImages() refuses other images under the same names, sizes and times, " +
    "and names the first that differs",
  () =>
    Effect.gen(function* () {
      const { root, set, run } = yield* made;
      yield* open(run, set);
      yield* promised(async () => {
        await rename(set, join(root, "before"));
        await makeSet(set, 1);
        await cp(join(root, "before", "50.tif"), join(set, "50.tif"));
        await cp(join(set, "33.tif"), join(set, "32.tif"));
        await utimes(join(set, "32.tif"), 1e9, 1e9);
      });
      const refused = yield* Effect.flip(open(run, set));
      assert.match(
        refused.message,
        /had 31 images and has 31; the first that differs is 32.tif \(other content\)$/,
      );
    }),
);

effectTest(
  "openImages() resumes the run of a version that kept no digests, and reads " +
    "all images once for it",
  () =>
    Effect.gen(function* () {
      const { set, run } = yield* made;
      const { source } = yield* folderSource(set);
      const { contentHash, usable, unreadable } = yield* survey(source).pipe(
        Effect.provide(Progress.layerSilent),
      );
      const store = folderStore(run);
      const paths = Array.from(usable, (position) => [source.ids[position]!]);
      yield* writeTable(store, runFiles.images, ["path"], paths);
      yield* writeTable(
        store,
        runFiles.unreadable,
        ["path", "reason"],
        unreadable.map(({ id, reason }) => [id, reason]),
      );
      yield* Effect.scoped(
        Effect.flatMap(
          openJournal(join(run, runFiles.journal)),
          (journal) => journal.put("survey", { contentHash, fingerprint: "f" }),
        ),
      );
      assert.equal((yield* readRunImages(store)).sha256s, undefined);
      const looked = [];
      for (let i = 0; i < 3; i++) {
        const found = yield* open(run, set);
        assert.equal(found.contentHash, contentHash);
        assert.equal(found.unreadable, 1);
        looked.push(found.looked);
      }
      assert.deepEqual(looked, [31, 0, 0]);
      assert.equal((yield* readRunImages(store)).sha256s!.length, 30);
    }),
);
