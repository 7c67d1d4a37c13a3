import { parseConfiguration } from "@deepcluster/runs";
import { effectTest } from "@deepcluster/test";
import { Console, Effect, Option } from "effect";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRun } from "./start_run.ts";
import assert from "node:assert/strict";
import sharp from "sharp";

const operation = {
  json: false,
  keep: 2,
  saveEvery: 300,
  software: false,
  imageMemory: 16,
  report: false,
  prometheus: Option.none(),
  otlp: Option.none(),
};

const silent: Console.Console = { ...console, log: () => {}, error: () => {} };

/** A folder of nine pictures; all are equal when `colours` is 1. */
const pictures = Effect.fnUntraced(function* (colours: number) {
  const folder = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "start-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true })),
  );
  const images = join(folder, "pictures");
  yield* Effect.promise(async () => {
    await mkdir(images);
    for (let i = 0; i < 9; i++) {
      const background = { r: 25 * (i % colours), g: 90, b: 130 };
      await sharp({ create: { width: 8, height: 8, channels: 3, background } })
        .png().toFile(join(images, `${i}.png`));
    }
  });
  return { folder, images };
});

/** Why a start fails, and what it leaves beside the pictures. */
const failedStart = Effect.fnUntraced(function* (
  { folder, images }: { readonly folder: string; readonly images: string },
  run: string,
  settings: object,
) {
  const configuration = yield* parseConfiguration({
    images,
    model: "small",
    sobel: false,
    size: 16,
    clusters: 3,
    pca: 4,
    epochs: 1,
    batch: 4,
    extractBatch: 4,
    ...settings,
  }, "test");
  const { message } = yield* startRun(
    join(folder, run),
    configuration,
    operation,
  )
    .pipe(
      Effect.scoped,
      Effect.flip,
      Effect.provideService(Console.Console, silent),
    );
  const names = yield* Effect.promise(() => readdir(folder));
  return { message, left: names.filter((name) => name !== "pictures") };
});

effectTest(
  "startRun() refuses more clusters than images, --limit applied, before there is a folder",
  () =>
    Effect.gen(function* () {
      const made = yield* pictures(9);
      const all = yield* failedStart(made, "runs/a", { clusters: 10 });
      assert.deepEqual(all, {
        message:
          "Cannot train as --clusters must be at most the number of images: " +
          "--clusters 10, 9 images; lower --clusters",
        left: [],
      });
      const settings = { clusters: 5, limit: 4 };
      const some = yield* failedStart(made, "runs/a", settings);
      assert.match(some.message, /--clusters 5, 4 images;/);
      assert.deepEqual(some.left, []);
    }),
);

effectTest(
  "startRun() refuses a folder below a file, and names the file",
  () =>
    Effect.gen(function* () {
      const made = yield* pictures(9);
      const file = join(made.folder, "file");
      yield* Effect.promise(() => writeFile(file, ""));
      assert.deepEqual(yield* failedStart(made, "file/a", {}), {
        message: `Cannot write ${join(file, "a")} as files must not be where ` +
          `folders must be, nor the reverse: ${file} is a file`,
        left: ["file"],
      });
    }),
);

effectTest(
  "startRun() leaves no folder when too few images can be read",
  () =>
    Effect.gen(function* () {
      const made = yield* pictures(9);
      yield* Effect.promise(() =>
        writeFile(join(made.images, "0.png"), "no picture")
      );
      const settings = { clusters: 9, maxUnreadableShare: 0.5 };
      assert.deepEqual(yield* failedStart(made, "runs/a", settings), {
        message:
          "Cannot train as --clusters must be at most the number of images: " +
          "--clusters 9, 9 images, 1 of them unreadable; lower --clusters",
        left: [],
      });
      const strict = yield* failedStart(made, "a", {});
      assert.match(strict.message, /the unreadable fraction must be/);
      assert.deepEqual(strict.left, []);
    }),
);

effectTest(
  "startRun() leaves no folder when the engine cannot be had",
  () =>
    Effect.gen(function* () {
      const settings = { engine: "reference", provider: "cuda" };
      const made = yield* pictures(9);
      const { message, left } = yield* failedStart(made, "a", settings);
      assert.match(message, /provider/);
      assert.deepEqual(left, []);
    }),
);

effectTest(
  "startRun() leaves an empty folder empty when images without any difference come to light",
  () =>
    Effect.gen(function* () {
      const made = yield* pictures(1);
      const run = join(made.folder, "a");
      yield* Effect.promise(() => mkdir(run));
      const { message, left } = yield* failedStart(made, "a", {});
      assert.match(
        message,
        /two of them must differ: the features of all 9 images are equal/,
      );
      assert.deepEqual(left, ["a"]);
      assert.deepEqual(yield* Effect.promise(() => readdir(run)), []);
    }),
);

effectTest(
  "startRun() keeps a run whose training diverges, with its first clusters",
  () =>
    Effect.gen(function* () {
      const made = yield* pictures(9);
      const settings = { learningRate: 1e30 };
      const { message, left } = yield* failedStart(made, "a", settings);
      assert.match(message, /must be finite/);
      assert.deepEqual(left, ["a"]);
      const assignments = join(made.folder, "a/assignments");
      assert.deepEqual(
        yield* Effect.promise(() => readdir(assignments)),
        ["epoch-0001.tsv"],
      );
    }),
);
