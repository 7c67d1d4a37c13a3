import { effectTest, testFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeCache } from "./cache.ts";
import type { Image } from "./image.ts";
import assert from "node:assert/strict";

/** An image of `width` pixels whose bytes tell it from others. */
const imageOf = (mark: number, width = 10): Image => ({
  width,
  height: 1,
  data: new Uint8Array(width * 3).fill(mark),
});

effectTest(
  "makeCache() keeps images in memory up to its budget",
  () =>
    Effect.gen(function* () {
      const cache = yield* makeCache(5, { memoryBytes: 100 });
      for (let i = 0; i < 5; i++) yield* cache.put(i, imageOf(i));
      assert.deepEqual(cache.usage(), {
        memoryImages: 3,
        memoryBytes: 90,
        diskImages: 0,
        diskBytes: 0,
      });
      for (let i = 0; i < 5; i++) {
        assert.deepEqual(yield* cache.get(i), i < 3 ? imageOf(i) : undefined);
      }
    }),
);

effectTest(
  "makeCache() spills to disk up to that budget, then keeps no more",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder();
      const cache = yield* makeCache(6, {
        memoryBytes: 40,
        disk: { folder, bytes: 70 },
      });
      yield* Effect.forEach(
        [0, 1, 2, 3, 4, 5],
        (i) => cache.put(i, imageOf(i)),
        {
          concurrency: "unbounded",
        },
      );
      const { diskImages, diskBytes, memoryImages } = cache.usage();
      assert.deepEqual([memoryImages, diskImages, diskBytes], [1, 2, 60]);
      const images = yield* Effect.forEach([0, 1, 2, 3, 4, 5], cache.get, {
        concurrency: "unbounded",
      });
      assert.deepEqual(images, [
        imageOf(0),
        imageOf(1),
        imageOf(2),
        undefined,
        undefined,
        undefined,
      ]);
    }),
);

effectTest(
  "makeCache() reads many images from disk at a time, each its own",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder();
      const disk = { folder, bytes: 1e8 };
      const cache = yield* makeCache(200, { memoryBytes: 0, disk });
      const all = Array.from({ length: 200 }, (_, i) => i);
      const concurrency = "unbounded";
      const widthOf = (i: number) => 1000 + 37 * i;
      yield* Effect.forEach(all, (i) => cache.put(i, imageOf(i, widthOf(i))), {
        concurrency,
      });
      const images = yield* Effect.forEach(all, cache.get, { concurrency });
      images.forEach((image, i) =>
        assert.deepEqual(image, imageOf(i, widthOf(i)))
      );
    }),
);

effectTest(
  "makeCache() fills smaller rooms after an image that is too large",
  () =>
    Effect.gen(function* () {
      const cache = yield* makeCache(3, { memoryBytes: 100 });
      yield* cache.put(0, imageOf(1));
      yield* cache.put(1, imageOf(2, 30));
      yield* cache.put(2, imageOf(3));
      assert.equal(yield* cache.get(1), undefined);
      assert.deepEqual(yield* cache.get(2), imageOf(3));
    }),
);

effectTest(
  "makeCache() keeps the first image of a sourceIndex, and a copy",
  () =>
    Effect.gen(function* () {
      const cache = yield* makeCache(1, { memoryBytes: 100 });
      const image = imageOf(1);
      yield* cache.put(0, image);
      image.data.fill(9);
      yield* cache.put(0, imageOf(2));
      assert.deepEqual(yield* cache.get(0), imageOf(1));
      assert.equal(cache.usage().memoryImages, 1);
    }),
);

effectTest(
  "makeCache() leaves no file behind, even while it is in use",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder();
      yield* Effect.scoped(Effect.gen(function* () {
        const disk = { folder, bytes: 1000 };
        const cache = yield* makeCache(1, { memoryBytes: 0, disk });
        yield* cache.put(0, imageOf(7));
        assert.deepEqual(yield* cache.get(0), imageOf(7));
        assert.deepEqual(yield* Effect.promise(() => readdir(folder)), []);
      }));
      assert.deepEqual(yield* Effect.promise(() => readdir(folder)), []);
    }),
);

effectTest(
  "makeCache() fails with CacheError when its folder is not there",
  () =>
    Effect.gen(function* () {
      const folder = yield* testFolder({ "gone/x": "" });
      yield* Effect.promise(() =>
        rm(join(folder, "gone"), { recursive: true })
      );
      const disk = { folder: join(folder, "gone"), bytes: 10 };
      const error = yield* Effect.flip(makeCache(1, { memoryBytes: 0, disk }));
      assert.match(
        error.message,
        /^Cannot keep decoded images on disk as the file must be writable .*gone/,
      );
    }),
);
