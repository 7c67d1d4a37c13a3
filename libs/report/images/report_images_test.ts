import { Progress } from "@deepcluster/core";
import { contentDigest } from "@deepcluster/data";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { Buffer } from "node:buffer";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { writeMadeRun } from "../clusters/made_run_testing.ts";
import { openReportImages, type ReportImagesOptions } from "./report_images.ts";
import assert from "node:assert/strict";

const colours = ["#ff0000", "#00ff00", "#0000ff", "#ffff00"];
const names = ["cat/a 1.png", "cat/b#.png", "dog/c.png", "dog/d.png"];

const writeImage = (path: string, background: string) =>
  Effect.promise(async () => {
    const create = { width: 80, height: 100, channels: 3, background } as const;
    writeFileSync(path, await sharp({ create }).png().toBuffer());
  });

/** Four images in two classes, and a run of them. */
const made = Effect.gen(function* () {
  const folder = yield* temporaryFolder;
  const images = join(folder, "images");
  for (const name of ["run", "images/cat", "images/dog"]) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  const sha256s: string[] = [];
  for (const [i, name] of names.entries()) {
    const path = join(images, name);
    yield* writeImage(path, colours[i]!);
    const digest = yield* contentDigest({ kind: "file", path });
    sha256s.push(Buffer.from(digest).toString("hex"));
  }
  const run = join(folder, "run");
  const configuration = yield* writeMadeRun(run, {
    images,
    paths: names,
    sha256s,
    epochs: [Int32Array.of(0, 0, 1, 1)],
    clusters: 2,
  });
  const open = (options?: ReportImagesOptions) =>
    openReportImages(run, configuration, options);
  return { run, images, open };
});

const silent = Effect.provide(Progress.layerSilent);

/** The colour in the middle of a thumbnail. */
const colourOf = (address: string | undefined) =>
  Effect.promise(async () => {
    const bytes = Buffer.from(address!.split(",")[1]!, "base64");
    const { data, info } = await sharp(bytes).raw()
      .toBuffer({ resolveWithObject: true });
    const middle = 3 * Math.floor(info.width * info.height / 2);
    return [info.width, ...data.subarray(middle, middle + 3)];
  });

effectTest(
  "openReportImages() knows paths and labels of all images",
  () =>
    Effect.gen(function* () {
      const { open } = yield* made;
      const images = yield* open();
      assert.equal(images.count, 4);
      assert.equal(images.path(1), "cat/b#.png");
      assert.deepEqual(images.labels, {
        names: ["cat", "dog"],
        classes: Int32Array.of(0, 0, 1, 1),
      });
      assert.equal(images.unopened, undefined);
    }),
);

effectTest(
  "show() gives thumbnails with labels and links",
  () =>
    Effect.gen(function* () {
      const { open } = yield* made;
      const shown = yield* (yield* open()).show([2, 0, 2]);
      assert.deepEqual([...shown.keys()], [2, 0]);
      const { thumbnail, ...rest } = shown.get(0)!;
      assert.deepEqual(rest, {
        index: 0,
        path: "cat/a 1.png",
        href: "../images/cat/a%201.png",
        label: "cat",
      });
      assert.match(thumbnail!, /^data:image\/webp;base64,[\w+/=]+$/);
      const [side, red, green, blue] = yield* colourOf(thumbnail);
      assert.equal(side, 64);
      assert.ok(red! > 240 && green! < 15 && blue! < 15);
    }).pipe(silent),
);

effectTest(
  "show() names missing and changed images, and fails for none",
  () =>
    Effect.gen(function* () {
      const { images: folder, open } = yield* made;
      const images = yield* open();
      rmSync(join(folder, names[1]!));
      yield* writeImage(join(folder, names[2]!), "#123456");
      writeFileSync(join(folder, names[3]!), "");
      const shown = yield* images.show([0, 1, 2, 3]);
      assert.deepEqual(
        [...shown.values()].map(({ missing }) => missing),
        [
          undefined,
          "the file does not exist",
          "it is another image than the run had",
          "the file is empty",
        ],
      );
      assert.equal(shown.get(1)!.href, undefined);
      assert.equal(shown.get(1)!.thumbnail, undefined);
    }).pipe(silent),
);

effectTest(
  "show() names images that a new folder lacks",
  () =>
    Effect.gen(function* () {
      const { images: folder, open } = yield* made;
      rmSync(join(folder, names[1]!));
      const images = yield* open();
      const shown = yield* images.show([1, 2]);
      assert.equal(
        shown.get(1)!.missing,
        "the source of the run no longer has it",
      );
      assert.deepEqual(images.labels!.classes, Int32Array.of(0, -1, 1, 1));
      assert.equal(shown.get(2)!.label, "dog");
    }).pipe(silent),
);

effectTest(
  "thumbnails are the same bytes, and are read again from the run",
  () =>
    Effect.gen(function* () {
      const { run, images: folder, open } = yield* made;
      const images = yield* open();
      const first = yield* images.show([0, 3]);
      const kept = join(run, "thumbnails.db");
      rmSync(kept);
      assert.deepEqual(yield* images.show([0, 3]), first);
      rmSync(join(folder, names[3]!)); // decoded no more
      const again = (yield* images.show([3])).get(3)!;
      assert.equal(again.thumbnail, first.get(3)!.thumbnail);
      assert.equal(again.href, undefined);
      writeFileSync(kept, "no database at all, but a text that is long enough");
      const without = yield* images.show([0]);
      assert.equal(without.get(0)!.thumbnail, first.get(0)!.thumbnail);
      assert.match(readFileSync(kept, "utf8"), /^no database/);
    }).pipe(silent),
);

effectTest(
  "openReportImages() shows the run when its images are gone",
  () =>
    Effect.gen(function* () {
      const { images: folder, open, run } = yield* made;
      rmSync(folder, { recursive: true });
      const images = yield* open();
      assert.match(images.unopened!, /the path must exist.*images/);
      assert.equal(images.labels, undefined);
      const shown = yield* images.show([0]);
      assert.equal(shown.get(0)!.path, "cat/a 1.png");
      assert.match(shown.get(0)!.missing!, /no longer/);
      const error = yield* Effect.flip(open({ images: join(folder, "moved") }));
      assert.match(error.message, /moved/);
      assert.ok(existsSync(run));
    }).pipe(silent),
);
