import type { ImageSource } from "@deepcluster/data";
import { pixelsLayer } from "@deepcluster/features";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { layerDescriptor } from "../descriptors/layer_descriptor.ts";
import { openSearchIndex } from "./open_search_index.ts";
import { updateIndex } from "./update_index.ts";
import { services, updateFrom, writePictures } from "./update_index_testing.ts";

/** Images of one colour, by name. */
const colours = (values: Readonly<Record<string, number>>): ImageSource => {
  const ids = Object.keys(values);
  return {
    name: "colours",
    ids,
    payload: (index) => ({
      kind: "pixels",
      width: 4,
      height: 4,
      channels: 3,
      data: Uint8Array.from(
        { length: 48 },
        (_, i) => (values[ids[index]!]! * (i + 7)) % 251,
      ),
    }),
  };
};

const update = (
  folder: string,
  source: ImageSource,
  options: { clusters?: number; recluster?: boolean } = {},
) =>
  Effect.gen(function* () {
    const descriptor = yield* layerDescriptor(
      { name: "pixels", identity: "1", size: 4, parameters: {} },
      pixelsLayer(4),
      { batch: 2 },
    );
    return yield* updateIndex({
      folder,
      settings: {
        columns: descriptor.columns,
        descriptor: descriptor.settings,
      },
      descriptor,
      sources: [{ root: "/colours", source }],
      seed: 1,
      ...options,
    });
  }).pipe(Effect.scoped, Effect.provide(services));

effectTest(
  "updateIndex() computes only what is new, and keeps numbers and rows",
  () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "index");
      const first = yield* update(folder, colours({ a: 1, b: 2, c: 3 }));
      assert.deepEqual(first, {
        images: 3,
        vectors: 3,
        added: 3,
        changed: 0,
        removed: 0,
        unchanged: 0,
        computed: 3,
        skipped: 0,
        clusters: 2,
      });
      const second = yield* update(
        folder,
        colours({ a: 1, c: 4, d: 5, e: 1 }),
      );
      assert.deepEqual(second, {
        images: 4,
        vectors: 3,
        added: 2,
        changed: 1,
        removed: 1,
        unchanged: 1,
        computed: 2,
        skipped: 0,
        clusters: 2,
      });
      const index = yield* openSearchIndex(folder);
      assert.deepEqual(
        index.images.map(({ id, path, vector }) => [id, path, vector]),
        [[1, "a", 0], [4, "c", 3], [5, "d", 4], [6, "e", 0]],
      );
      assert.deepEqual([...index.live], [0, 3, 4]);
      assert.equal(index.vectors.rows, 5);
      assert.equal(index.clusters.length, 5);
      assert.deepEqual(index.imagesOf(0).map(({ path }) => path), ["a", "e"]);
    }),
);

effectTest(
  "updateIndex() computes a damaged block again, with the bytes that it had",
  () =>
    Effect.gen(function* () {
      const pictures = yield* temporaryFolder;
      const folder = join(yield* temporaryFolder, "index");
      yield* writePictures(pictures, { "a.png": 1, "b.png": 2, "c.png": 3 });
      yield* updateFrom(folder, pictures);
      const path = join(folder, "features-1.f32");
      const before = yield* Effect.promise(() => readFile(path));
      yield* Effect.promise(() =>
        writeFile(path, Uint8Array.from(before).fill(7, 200, 210))
      );
      const error = yield* Effect.scoped(
        Effect.flatMap(openSearchIndex(folder), ({ vectors }) =>
          Effect.flip(vectors.read(1, 1))),
      );
      assert.match(error.message, /block 0 \(rows 0 to 2\) has changed; `ret/);
      yield* updateFrom(folder, pictures);
      const index = yield* openSearchIndex(folder);
      assert.deepEqual(yield* index.vectors.damagedBlocks, []);
      assert.equal(index.imageCount, 3);
      assert.deepEqual(
        yield* Effect.promise(() =>
          readFile(path)
        ),
        before,
      );
    }),
);

effectTest(
  "updateIndex() indexes anew what a damaged block held and cannot be computed again",
  () =>
    Effect.gen(function* () {
      const pictures = yield* temporaryFolder;
      const folder = join(yield* temporaryFolder, "index");
      yield* writePictures(pictures, { "a.png": 1, "b.png": 2 });
      yield* updateFrom(folder, pictures);
      yield* Effect.promise(() => rm(join(folder, "features-1.f32")));
      yield* writePictures(pictures, { "b.png": 3 });
      const report = yield* updateFrom(folder, pictures);
      assert.equal(report.images, 2);
      const index = yield* openSearchIndex(folder);
      assert.deepEqual(yield* index.vectors.damagedBlocks, []);
      assert.deepEqual(
        index.images.map(({ path, vector }) => [path, vector]),
        [["a.png", 0], ["b.png", 2]],
      );
    }),
);

effectTest(
  "updateIndex() compacts: rows of removed images go, images keep their numbers, and who has the index open goes on",
  () =>
    Effect.gen(function* () {
      const pictures = yield* temporaryFolder;
      const folder = join(yield* temporaryFolder, "index");
      yield* writePictures(pictures, { "a.png": 1, "b.png": 2, "c.png": 3 });
      yield* updateFrom(folder, pictures);
      const old = yield* openSearchIndex(folder);
      yield* Effect.promise(() => rm(join(pictures, "a.png")));
      yield* updateFrom(folder, pictures, { compact: true });
      const index = yield* openSearchIndex(folder);
      assert.deepEqual(
        index.images.map(({ id, path, vector }) => [id, path, vector]),
        [[2, "b.png", 0], [3, "c.png", 1]],
      );
      assert.deepEqual([...index.live], [0, 1]);
      assert.deepEqual(
        (yield* index.vectors.read(0, 2)).data,
        (yield* old.vectors.read(1, 2)).data,
      );
      assert.deepEqual(old.images.length, 3);
      assert.equal(
        (yield* updateFrom(folder, pictures)).unchanged,
        2,
      );
      assert.deepEqual((yield* openSearchIndex(folder)).state, index.state);
    }),
);

effectTest(
  "updateIndex() skips what cannot be decoded with the reason, and indexes it once it can",
  () =>
    Effect.gen(function* () {
      const pictures = yield* temporaryFolder;
      const folder = join(yield* temporaryFolder, "index");
      yield* writePictures(pictures, {
        "a.png": 1,
        "b.png": "no",
        "c.png": "",
      });
      const first = yield* updateFrom(folder, pictures);
      assert.equal(first.skipped, 2);
      const index = yield* openSearchIndex(folder);
      assert.deepEqual(
        index.skipped.map(({ path, reason }) => [path, reason]),
        [
          [
            "b.png",
            "it is no image of a known format: JPEG, PNG, WebP, GIF, " +
            "TIFF, AVIF and SVG are read",
          ],
          ["c.png", "the file is empty"],
        ],
      );
      yield* writePictures(pictures, { "b.png": 2 });
      const second = yield* updateFrom(folder, pictures);
      assert.deepEqual([second.images, second.skipped], [2, 1]);
    }),
);

effectTest(
  "updateIndex() names the settings that differ",
  () =>
    Effect.gen(function* () {
      const pictures = yield* temporaryFolder;
      const folder = join(yield* temporaryFolder, "index");
      yield* writePictures(pictures, { "a.png": 1, "b.png": 2 });
      yield* updateFrom(folder, pictures);
      const error = yield* Effect.flip(
        updateFrom(folder, pictures, {
          settings: { columns: 9, layer: "conv1", descriptor: { batch: 5 } },
        }),
      );
      assert.match(
        error.message,
        /\n {2}batch: 4, now 5\n {2}columns: 48, now 9/,
      );
      const foreign = yield* Effect.flip(updateFrom(pictures, pictures));
      assert.match(
        foreign.message,
        /as --index must be an index, an empty folder or a new one: it holds a\.png, b\.png/,
      );
    }),
);

effectTest(
  "updateIndex() refuses more clusters than images before it computes any",
  () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "index");
      const images = colours({ a: 1, b: 2, c: 3 });
      const error = yield* Effect.flip(update(folder, images, { clusters: 9 }));
      assert.equal(
        error.message,
        "Cannot update an index as clusters must be at most the number of " +
          "images, 3: current value is clusters=9",
      );
      const { images: none } = yield* openSearchIndex(folder);
      assert.deepEqual(none, []);
    }).pipe(Effect.scoped),
);
