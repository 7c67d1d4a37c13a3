import { Progress } from "@deepcluster/core";
import { effectTest, encoded, plainImage, testFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { folderSource } from "./folder_source.ts";
import { ImageMemory, openCache, rememberedImage } from "./image_memory.ts";
import { imageSet } from "./image_set.ts";
import type { ImageSource } from "./source.ts";
import { survey } from "./survey.ts";
import assert from "node:assert/strict";

const names = ["a.png", "b.png", "c.png"];

const red = encoded(plainImage(6, 4, "red").png());
const blue = encoded(plainImage(6, 4, "blue").png());

const folderOf = Effect.gen(function* () {
  const bytes = yield* red;
  const folder = yield* testFolder(
    Object.fromEntries(names.map((name) => [name, bytes])),
  );
  return { folder, source: (yield* folderSource(folder)).source };
});

/** Later than all files: none of them had just changed when it was seen. */
const later = () => Date.now() + 10_000;

/** Opens images as a training or an evaluation does. */
const open = Effect.fnUntraced(function* (
  source: ImageSource,
  { maxShortSide = 8, startMs = later() } = {},
) {
  const { cache, known, remember } = yield* openCache(source, {
    maxShortSide,
    memoryBytes: 2 ** 20,
  });
  const found = yield* survey(source, { maxShortSide, cache, known });
  remember(found, startMs);
  const set = imageSet(source, { ...found, cache, maxShortSide });
  return { looked: found.looked, digests: found.digests, set, cache };
});

/** Runs with one memory, as an app does. */
const withMemory = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  work.pipe(
    Effect.provideService(ImageMemory, {}),
    Effect.provide(Progress.layerSilent),
  );

effectTest(
  "openCache() spares looking again at images that the process opened",
  () =>
    withMemory(Effect.gen(function* () {
      const { source } = yield* folderOf;
      const first = yield* open(source);
      const second = yield* open(source);
      assert.deepEqual([first.looked, second.looked], [3, 0]);
      assert.deepEqual(second.digests, first.digests);
      const pixels = (yield* second.set.decoded(1)).data;
      assert.equal(pixels.buffer, (yield* first.set.decoded(1)).data.buffer);
      const other = yield* open(source, { maxShortSide: 2 });
      assert.equal(other.looked, 3);
      assert.deepEqual((yield* other.set.decoded(1)).height, 2);
    })),
);

effectTest(
  "openCache() looks at images that were written again, and at no pixels of before",
  () =>
    withMemory(Effect.gen(function* () {
      const { folder, source } = yield* folderOf;
      const first = yield* open(source);
      const bytes = yield* blue;
      yield* Effect.promise(() => writeFile(join(folder, "b.png"), bytes));
      for (const opening of ["second", "third"]) {
        const { looked, set } = yield* open(source);
        assert.equal(looked, 1, opening);
        assert.deepEqual([...(yield* set.decoded(1)).data.slice(0, 3)], [
          0,
          0,
          255,
        ]);
      }
      // Whoever opened them before goes on with what it saw.
      assert.deepEqual(
        [...(yield* first.set.decoded(1)).data.slice(0, 3)],
        [255, 0, 0],
      );
    })),
);

effectTest(
  "openCache() looks again at files that had just changed, and without a memory",
  () =>
    Effect.gen(function* () {
      const { source } = yield* folderOf;
      yield* withMemory(Effect.gen(function* () {
        yield* open(source, { startMs: 0 });
        assert.equal((yield* open(source)).looked, 3);
      }));
      yield* open(source);
      assert.equal((yield* open(source)).looked, 3);
    }).pipe(Effect.provide(Progress.layerSilent)),
);

effectTest(
  "rememberedImage() gives pixels of files that are as they were opened",
  () =>
    withMemory(Effect.gen(function* () {
      const { folder, source } = yield* folderOf;
      const payload = source.payload(2);
      assert.equal(yield* rememberedImage(payload, 8), undefined);
      const { set } = yield* open(source);
      const image = yield* rememberedImage(payload, 8);
      assert.deepEqual(image, yield* set.decoded(2));
      assert.equal(yield* rememberedImage(payload, 2), undefined);
      const bytes = yield* blue;
      yield* Effect.promise(() => writeFile(join(folder, "c.png"), bytes));
      assert.equal(yield* rememberedImage(payload, 8), undefined);
      assert.ok(yield* rememberedImage(source.payload(0), 8));
    })),
);

effectTest(
  "rememberedImage() asks no file that was opened since, and the newest opening counts",
  () =>
    withMemory(Effect.gen(function* () {
      const { folder, source } = yield* folderOf;
      const payload = source.payload(2);
      const startMs = later();
      yield* open(source, { startMs });
      yield* open(source, { startMs: startMs - 1 });
      const bytes = yield* blue;
      yield* Effect.promise(() => writeFile(join(folder, "c.png"), bytes));
      assert.ok(yield* rememberedImage(payload, 8, startMs));
      assert.equal(yield* rememberedImage(payload, 8, startMs + 1), undefined);
    })),
);

effectTest(
  "openCache() shares what is remembered with who opens it at the same time",
  () =>
    withMemory(Effect.gen(function* () {
      const { source } = yield* folderOf;
      yield* open(source);
      const both = yield* Effect.all([open(source), open(source)], {
        concurrency: 2,
      });
      assert.deepEqual(both.map(({ looked }) => looked), [0, 0]);
    })),
);
