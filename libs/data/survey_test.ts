import { Progress, type ProgressEvent } from "@deepcluster/core";
import { effectTest, encoded, plainImage, testFolder } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { copyFile, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeCache } from "./cache.ts";
import { isSettled, isUntouched, stampFiles } from "./file_stamps.ts";
import { folderSource } from "./folder_source.ts";
import { fingerprintOf } from "./identity.ts";
import { imageSet } from "./image_set.ts";
import type { ImageSource } from "./source.ts";
import { survey, type SurveyOptions } from "./survey.ts";
import assert from "node:assert/strict";

const silently = (source: ImageSource, options: SurveyOptions = {}) =>
  Effect.provide(survey(source, options), Progress.layerSilent);

/** A folder of `good` PNGs, and of files that are none. */
const folderOf = (good: number, bad: readonly string[] = []) =>
  Effect.gen(function* () {
    const files: Record<string, string | Uint8Array> = {};
    for (let i = 0; i < good; i++) {
      const colour = { r: i, g: 2 * i, b: 99 };
      files[`good-${i}.png`] = yield* encoded(
        plainImage(20 + i, 10, colour).png(),
      );
    }
    for (const name of bad) files[name] = name;
    const folder = yield* testFolder(files);
    return { folder, source: (yield* folderSource(folder)).source };
  });

effectTest(
  "survey() finds what can be decoded, and the reason of the rest",
  () =>
    Effect.gen(function* () {
      const { source } = yield* folderOf(4, ["bad.png", "h.jpg"]);
      const found = yield* silently(source, { maxUnreadableFraction: 0.5 });
      assert.deepEqual(
        [...found.usable].map((sourceIndex) => source.ids[sourceIndex]),
        ["good-0.png", "good-1.png", "good-2.png", "good-3.png"],
      );
      assert.deepEqual(found.unreadable, [
        {
          id: "bad.png",
          reason:
            "it is no image of a known format: JPEG, PNG, WebP, GIF, TIFF, AVIF and SVG are read",
        },
        {
          id: "h.jpg",
          reason:
            "it is no image of a known format: JPEG, PNG, WebP, GIF, TIFF, AVIF and SVG are read",
        },
      ]);
    }),
);

effectTest(
  "survey() fails when the unreadable share is above the limit",
  () =>
    Effect.gen(function* () {
      const { source } = yield* folderOf(19, ["bad.png"]);
      assert.equal((yield* silently(source)).unreadable.length, 1);
      const error = yield* Effect.flip(
        silently(source, { maxUnreadableFraction: 0.04 }),
      );
      assert.equal(
        error.message,
        "Cannot use images as the unreadable fraction must be <= 0.04 (--max-unreadable-fraction): current " +
          `values are source=${source.name}, images=20, unreadable=1, ` +
          "first=bad.png (it is no image of a known format: JPEG, PNG, WebP, GIF, TIFF, AVIF and SVG are read)",
      );
    }),
);

effectTest(
  "survey() fails when nothing is left, whatever the limit",
  () =>
    Effect.gen(function* () {
      const { source } = yield* folderOf(0, ["bad.png", "worse.png"]);
      const error = yield* Effect.flip(
        silently(source, { maxUnreadableFraction: 1 }),
      );
      assert.match(
        error.message,
        /at least one must be readable: .*unreadable=2/,
      );
    }),
);

effectTest(
  "survey() reports its progress from the first to the last image",
  () =>
    Effect.gen(function* () {
      const { source } = yield* folderOf(19, ["bad.png"]);
      const events: ProgressEvent[] = [];
      const recorder = Layer.succeed(Progress, {
        report: (event) => Effect.sync(() => events.push(event)),
      });
      yield* Effect.provide(survey(source), recorder);
      assert.deepEqual(
        events.map(({ done }) => done),
        Array.from({ length: 21 }, (_, i) => i),
      );
      assert.deepEqual(events.at(-1), {
        phase: "survey",
        unit: "images",
        done: 20,
        total: 20,
        figures: { unreadable: 1 },
      });
    }),
);

effectTest(
  "survey() hashes the same images alike wherever they lie",
  () =>
    Effect.gen(function* () {
      const { folder, source } = yield* folderOf(3);
      const first = yield* silently(source);
      const other = yield* testFolder();
      yield* Effect.promise(async () => {
        for (const id of source.ids) {
          await copyFile(join(folder, id), join(other, id));
        }
        await utimes(join(other, source.ids[0]!), 1, 1);
      });
      const copy = (yield* folderSource(other)).source;
      const second = yield* silently(copy, { concurrency: 1 });
      assert.equal(second.contentHash, first.contentHash);
      assert.notEqual(second.fingerprint, first.fingerprint);
      assert.match(first.contentHash, /^[0-9a-f]{64}$/);
    }),
);

effectTest(
  "survey() hashes apart images of other bytes, names or order",
  () =>
    Effect.gen(function* () {
      const { source } = yield* folderOf(3);
      const hash = (changed: ImageSource) =>
        Effect.map(silently(changed), ({ contentHash }) => contentHash);
      const first = yield* hash(source);
      const swapped = [1, 0, 2];
      assert.notEqual(
        yield* hash({
          ...source,
          ids: swapped.map((i) => source.ids[i]!),
          payload: (i) => source.payload(swapped[i]!),
        }),
        first,
      );
      assert.notEqual(
        yield* hash({ ...source, ids: ["a", "b", "c"] }),
        first,
      );
      const bytes = yield* encoded(plainImage(1, 1).png());
      assert.notEqual(
        yield* hash({
          ...source,
          payload: (i) =>
            i === 1 ? { kind: "encoded", bytes } : source.payload(i),
        }),
        first,
      );
    }),
);

effectTest(
  "fingerprintOf() is the survey's until a file changes",
  () =>
    Effect.gen(function* () {
      const { folder, source } = yield* folderOf(3);
      const { fingerprint } = yield* silently(source);
      const now = () =>
        Effect.map(
          stampFiles(source),
          (stamps) => fingerprintOf(source, stamps),
        );
      assert.equal(yield* now(), fingerprint);
      const path = join(folder, source.ids[1]!);
      yield* Effect.promise(() => utimes(path, 1000, 1000));
      const touched = yield* now();
      assert.notEqual(touched, fingerprint);
      yield* Effect.promise(() => rm(path));
      assert.notEqual(yield* now(), touched);
    }),
);

effectTest(
  "fingerprintOf() tells changed pixels in memory",
  () =>
    Effect.gen(function* () {
      const sourceOf = (value: number): ImageSource => ({
        name: "pixels",
        ids: ["a"],
        payload: () => ({
          kind: "pixels",
          width: 2,
          height: 1,
          channels: 1,
          data: Uint8Array.of(1, value),
        }),
      });
      const of = (value: number) =>
        Effect.map(silently(sourceOf(value)), ({ fingerprint }) => fingerprint);
      assert.equal(yield* of(3), yield* of(3));
      assert.notEqual(yield* of(3), yield* of(4));
    }),
);

effectTest(
  "survey() fills the cache with what imageSet() then reads",
  () =>
    Effect.gen(function* () {
      const { folder, source } = yield* folderOf(3);
      const cache = yield* makeCache(3, { memoryBytes: 1e6 });
      const { usable, stamps } = yield* silently(source, { cache });
      assert.equal(cache.usage().memoryImages, 3);
      yield* Effect.promise(() => rm(join(folder, source.ids[2]!)));
      const set = imageSet(source, { usable, stamps, cache });
      const image = yield* set.decoded(2);
      assert.deepEqual([image.width, ...image.data.subarray(0, 3)], [
        22,
        2,
        4,
        99,
      ]);
    }),
);

effectTest(
  "imageSet() gives the same bytes with any cache and without",
  () =>
    Effect.gen(function* () {
      const { source } = yield* folderOf(12, ["bad.png"]);
      const folder = yield* testFolder();
      const { usable, stamps } = yield* silently(source, {
        maxUnreadableFraction: 0.1,
        maxShortSide: 8,
      });
      const options = { usable, stamps, maxShortSide: 8 };
      const read = (set: ReturnType<typeof imageSet>) =>
        Effect.forEach(
          Array.from({ length: set.size }, (_, i) => i),
          set.decoded,
          { concurrency: 4 },
        );
      const plain = yield* read(imageSet(source, options));
      assert.equal(plain.length, 12);
      assert.equal(plain[3]!.height, 8);
      // Three images in memory, some on disk, the rest in neither.
      const cache = yield* makeCache(source.ids.length, {
        memoryBytes: 1500,
        disk: { folder, bytes: 2000 },
      });
      const set = imageSet(source, { ...options, cache });
      for (let epoch = 0; epoch < 3; epoch++) {
        assert.deepEqual(yield* read(set), plain);
      }
      const { memoryImages, diskImages } = cache.usage();
      assert.ok(memoryImages > 0 && diskImages > 0);
      assert.ok(memoryImages + diskImages < 12);
    }),
);

effectTest(
  "imageSet() says that a file has changed or vanished",
  () =>
    Effect.gen(function* () {
      const { folder, source } = yield* folderOf(4);
      const { usable, stamps, digests } = yield* silently(source);
      const set = imageSet(source, { usable, stamps, digests });
      yield* set.decoded(0);
      const at = (index: number) => join(folder, set.id(index));
      yield* Effect.promise(async () => {
        const bytes = await readFile(at(2));
        await writeFile(at(0), "shorter");
        await rm(at(1));
        await writeFile(at(2), bytes.fill(1, 40));
        await utimes(at(2), 1000, 1000); // the clock of files may stand still
        await utimes(at(3), 1000, 1000);
      });
      const reason = (index: number) =>
        Effect.map(Effect.flip(set.decoded(index)), ({ message }) => message);
      assert.match(
        yield* reason(0),
        /changed since the start of the run \(it had \d+ bytes and has 7\): /,
      );
      assert.equal(
        yield* reason(1),
        "Cannot decode image as the file has vanished since the start of the " +
          "run: current value is image=good-1.png",
      );
      assert.match(
        yield* reason(2),
        /changed since .* \(it was written again\)/,
      );
      const touched = yield* set.decoded(3);
      assert.equal(touched.width, 23, "touched, with the same content");
      const unhashed = imageSet(source, { usable, stamps });
      assert.equal((yield* unhashed.decoded(3)).width, 23, "stamped anew");
      yield* Effect.promise(() => utimes(at(3), 2000, 2000));
      assert.match(
        (yield* Effect.flip(unhashed.decoded(3))).message,
        /written again/,
      );
    }),
);

effectTest(
  "survey() reads only what is not known, and finds the same",
  () =>
    Effect.gen(function* () {
      const { source } = yield* folderOf(20, ["bad.png"]);
      const first = yield* silently(source);
      assert.equal(first.looked, 21);
      const { reason } = first.unreadable[0]!;
      const digestOf = (sourceIndex: number) =>
        first.digests.slice(32 * sourceIndex, 32 * sourceIndex + 32);
      const knowing = (unknown: readonly string[]): SurveyOptions => ({
        known: (sourceIndex) => {
          const id = source.ids[sourceIndex]!;
          if (unknown.includes(id)) return Effect.succeed(undefined);
          const digest = digestOf(sourceIndex);
          return Effect.succeed(
            id === "bad.png" ? { digest, reason } : { digest },
          );
        },
      });
      for (const unknown of [[], ["bad.png"], ["good-3.png", "good-7.png"]]) {
        const found = yield* silently(source, knowing(unknown));
        assert.deepEqual(found, { ...first, looked: unknown.length });
      }
      const refused = yield* Effect.flip(
        silently(source, { ...knowing([]), maxUnreadableFraction: 0.01 }),
      );
      assert.match(refused.message, /first=bad.png \(it is no image/);
    }),
);

effectTest(
  "fingerprintOf() tells a copy with the same names, sizes and times from " +
    "what it was copied from",
  () =>
    Effect.gen(function* () {
      const { folder, source } = yield* folderOf(2);
      const other = yield* testFolder();
      yield* Effect.promise(async () => {
        for (const id of source.ids) {
          await copyFile(join(folder, id), join(other, id));
          await utimes(join(folder, id), 1000, 1000);
          await utimes(join(other, id), 1000, 1000);
        }
      });
      const copy = (yield* folderSource(other)).source;
      const [first, second] = [yield* silently(source), yield* silently(copy)];
      assert.equal(first.contentHash, second.contentHash);
      assert.notEqual(first.fingerprint, second.fingerprint);
    }),
);

Deno.test("isUntouched() and isSettled() go by every field, and by time of change alone", () => {
  const stamp = {
    size: 9,
    modifiedNs: 1n,
    changedNs: 5_000_000_000n,
    inode: 7n,
  };
  assert.ok(isUntouched(stamp, { ...stamp }));
  for (
    const other of [{ size: 8 }, { modifiedNs: 2n }, { changedNs: 6n }, {
      inode: 8n,
    }]
  ) assert.ok(!isUntouched(stamp, { ...stamp, ...other }));
  const gone = { ...stamp, size: -1 };
  assert.ok(!isUntouched(gone, gone), "a file that is not there");
  assert.ok(isSettled(stamp, 7001));
  assert.ok(!isSettled(stamp, 7000));
});
