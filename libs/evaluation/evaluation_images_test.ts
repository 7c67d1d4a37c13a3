import { Progress } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { TestClock } from "effect/testing";
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEvaluationData } from "./evaluation_data.ts";
import {
  openEvaluationImages,
  type OpenImagesOptions,
} from "./evaluation_images.ts";
import { dataIdentityOf } from "./task.ts";
import assert from "node:assert/strict";
import sharp from "sharp";

const promised = <A>(make: () => Promise<A>) => Effect.promise(make);

const madeFolder = promised(() => mkdtemp(join(tmpdir(), "evaluated-images-")));

/** A file of 8 x 8 pixels whose size does not depend on what they show. */
const plainTiff = (value: number): Promise<Uint8Array> =>
  sharp(new Uint8Array(192).fill(value), {
    raw: { width: 8, height: 8, channels: 3 },
  }).tiff({ compression: "none" }).toBuffer();

/** Two classes of three images, all written at the same time, long ago. */
const makeSet = async (folder: string, first: number) => {
  for (const [c, name] of ["low", "high"].entries()) {
    await mkdir(join(folder, name), { recursive: true });
    for (let i = 0; i < 3; i++) {
      const path = join(folder, name, `${i}.tif`);
      await writeFile(path, await plainTiff(first + 60 * c + i));
      await utimes(path, 1e9, 1e9);
    }
  }
};

/** Years after the files were written, so that their stamps are settled. */
const later = Effect.fnUntraced(
  function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
    yield* TestClock.setTime(4e12);
    return yield* effect;
  },
  Effect.provide(TestClock.layer()),
);

/** Opens a set, and tells how many images were read for it. */
const open = (
  path: string,
  options: Pick<OpenImagesOptions, "folder" | "known" | "maxUnreadableShare">,
) =>
  Effect.gen(function* () {
    let looked = 0;
    const counter = Layer.succeed(Progress, {
      report: ({ done }) => Effect.sync(() => looked = done),
    });
    const data = yield* openEvaluationData(path);
    const images = yield* openEvaluationImages(data, { size: 8, ...options })
      .pipe(
        Effect.provide(counter),
      );
    return { ...images, looked };
  });

effectTest(
  "dataIdentityOf() tells images by their content, at whatever size and place",
  () =>
    Effect.gen(function* () {
      const root = yield* madeFolder;
      const identityOf = Effect.fnUntraced(
        function* (name: string, first: number, size: number) {
          const path = join(root, name);
          yield* promised(() => makeSet(path, first));
          const images = yield* openEvaluationImages(
            yield* openEvaluationData(path),
            { size, folder: join(root, "cache") },
          );
          const split = { train: Int32Array.of(0, 3), test: Int32Array.of(1) };
          return dataIdentityOf(images, split);
        },
        Effect.provide(Progress.layerSilent),
      );
      const [small, large, other] = [
        yield* identityOf("a", 1, 8),
        yield* identityOf("copy", 1, 32),
        yield* identityOf("b", 101, 8),
      ];
      assert.equal(small, large);
      assert.notEqual(small, other);
    }),
);

effectTest(
  "openEvaluationImages() does not read what others know, and remembers it",
  () =>
    later(Effect.gen(function* () {
      const base = yield* madeFolder;
      const path = join(base, "images");
      yield* promised(() => makeSet(path, 10));
      const read = yield* open(path, { folder: join(base, "one") });
      const digestOf = (sourceIndex: number) =>
        read.digests.slice(32 * sourceIndex, 32 * sourceIndex + 32);
      const folder = join(base, "two");
      const known = yield* open(path, {
        folder,
        known: (sourceIndex) =>
          Effect.succeed(
            sourceIndex === 1 ? undefined : { digest: digestOf(sourceIndex) },
          ),
      });
      assert.equal(known.looked, 1);
      assert.equal(known.identity, read.identity);
      const again = yield* open(path, { folder });
      assert.equal(again.looked, 0);
    })),
);

effectTest(
  "openEvaluationImages() reads images once, and tells another set of the same " +
    "names, sizes and times from the first",
  () =>
    Effect.gen(function* () {
      const root = yield* madeFolder;
      const folder = join(root, "cache");
      yield* promised(() => makeSet(join(root, "a"), 1));
      yield* promised(() => makeSet(join(root, "b"), 101));
      const [a, b, again] = yield* later(Effect.all([
        open(join(root, "a"), { folder }),
        open(join(root, "b"), { folder }),
        open(join(root, "a"), { folder }),
      ]));
      assert.notEqual(a.identity, b.identity);
      assert.deepEqual([a.looked, b.looked, again.looked], [6, 6, 0]);
      assert.equal(again.identity, a.identity);
      assert.deepEqual(again.digests, a.digests);
      // The second set in place of the first one.
      yield* promised(async () => {
        await rename(join(root, "a"), join(root, "gone"));
        await rename(join(root, "b"), join(root, "a"));
      });
      const replaced = yield* later(open(join(root, "a"), { folder }));
      assert.equal(replaced.identity, b.identity);
      const moved = yield* later(open(join(root, "gone"), { folder }));
      assert.equal(moved.identity, a.identity, "the content, not its place");
    }),
);

effectTest(
  "openEvaluationImages() notices a file that was written again in place with " +
    "its size and time kept, and reads that file only",
  () =>
    Effect.gen(function* () {
      const root = yield* madeFolder;
      const [folder, set] = [join(root, "cache"), join(root, "set")];
      yield* promised(() => makeSet(set, 1));
      const before = yield* later(open(set, { folder }));
      const path = join(set, "high", "1.tif");
      const { size, ino } = yield* promised(() => stat(path));
      // Times of change may be told in whole seconds only.
      yield* Effect.sleep(1100);
      yield* promised(async () => {
        await writeFile(path, await plainTiff(200));
        await utimes(path, 1e9, 1e9);
      });
      const now = yield* promised(() => stat(path));
      assert.deepEqual([now.size, now.ino, now.mtimeMs], [size, ino, 1e12]);
      const after = yield* later(open(set, { folder }));
      assert.notEqual(after.identity, before.identity);
      assert.equal(after.looked, 1);
    }),
);

effectTest(
  "openEvaluationImages() remembers no file that was changed just now",
  () =>
    Effect.gen(function* () {
      const root = yield* madeFolder;
      const [folder, set] = [join(root, "cache"), join(root, "set")];
      yield* promised(() => makeSet(set, 1));
      const before = yield* open(set, { folder });
      yield* promised(() => makeSet(set, 31));
      const after = yield* open(set, { folder });
      assert.deepEqual([before.looked, after.looked], [6, 6]);
      assert.notEqual(after.identity, before.identity);
    }),
);

effectTest(
  "openEvaluationImages() counts unreadable images anew for each allowance, " +
    "known or not, and goes on where its table is damaged",
  () =>
    Effect.gen(function* () {
      const root = yield* madeFolder;
      const [folder, set] = [join(root, "cache"), join(root, "set")];
      yield* promised(async () => {
        await makeSet(set, 1);
        await writeFile(join(set, "low", "3.tif"), "no image");
      });
      const wide = { folder, maxUnreadableShare: 0.2 };
      const [first, second, refused] = yield* later(Effect.all([
        open(set, wide),
        open(set, wide),
        Effect.flip(open(set, { folder })),
      ]));
      assert.deepEqual(first.unreadable, ["low/3.tif"]);
      assert.deepEqual([first.sourceIndices.length, second.looked], [6, 0]);
      assert.deepEqual(second.unreadable, first.unreadable);
      assert.match(
        refused.message,
        /<= 0.05 \(--max-unreadable-fraction\): .*unreadable=1, first=low\/3.tif \(it is no image/,
      );
      const [name] = yield* promised(() => readdir(join(folder, "images")));
      const table = join(folder, "images", name!);
      const text = yield* promised(() => readFile(table, "utf8"));
      for (
        const damaged of [
          "",
          text.slice(0, -20),
          text.replace(/\t\d+\t/g, "\t?\t"),
        ]
      ) {
        yield* promised(() => writeFile(table, damaged));
        const found = yield* later(open(set, wide));
        assert.deepEqual([found.looked, found.identity], [7, first.identity]);
      }
    }),
);

effectTest(
  "openEvaluationImages() forgets no file that a smaller set leaves out",
  () =>
    Effect.gen(function* () {
      const root = yield* madeFolder;
      const [folder, set] = [join(root, "cache"), join(root, "set")];
      yield* promised(async () => {
        await makeSet(join(set, "train"), 1);
        await makeSet(join(set, "val"), 21);
      });
      const looked = (limit: number | undefined) =>
        Effect.gen(function* () {
          let looked = 0;
          const counter = Layer.succeed(Progress, {
            report: ({ done }) => Effect.sync(() => looked = done),
          });
          const data = yield* openEvaluationData(
            set,
            limit === undefined ? {} : { limit },
          );
          yield* openEvaluationImages(data, { size: 8, folder }).pipe(
            Effect.provide(counter),
          );
          return looked;
        });
      assert.deepEqual(
        yield* later(
          Effect.all([looked(undefined), looked(2), looked(undefined)]),
        ),
        [12, 0, 0],
      );
      yield* promised(() =>
        copyFile(join(set, "val/low/0.tif"), join(set, "val/low/9.tif"))
      );
      assert.deepEqual(
        yield* later(Effect.all([looked(2), looked(undefined)])),
        [1, 0],
      );
    }),
);
