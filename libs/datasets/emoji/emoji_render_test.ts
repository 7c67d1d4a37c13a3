import { Progress, type ProgressEvent } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { square, tinyPackages } from "./emoji_fixture.ts";
import { type ReadPackageFile, readPackageFile } from "./emoji_packages.ts";
import { renderEmoji } from "./emoji_render.ts";
import { emojiSource } from "./emoji_source.ts";
import assert from "node:assert/strict";
import sharp from "sharp";

const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "emoji-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true })),
);

/** Renders at 16 pixels and keeps the progress events. */
const render = (
  folder: string,
  read: ReadPackageFile = tinyPackages(),
  events: ProgressEvent[] = [],
) =>
  renderEmoji(folder, { size: 16, read }).pipe(
    Effect.provide(Layer.succeed(Progress, {
      report: (event) => Effect.sync(() => void events.push(event)),
    })),
  );

/** Every file below a folder with its bytes. */
const contentsOf = (folder: string): Map<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()
      .filter((file) => statSync(join(folder, file)).isFile())
      .map((file) => [file, readFileSync(join(folder, file), "base64")]),
  );

const pixelsOf = (path: string) =>
  Effect.promise(() => sharp(path).raw().toBuffer({ resolveWithObject: true }));

effectTest(
  "renderEmoji() writes RGB images on white and a table of them",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const events: ProgressEvent[] = [];
      const report = yield* render(folder, tinyPackages(), events);
      assert.deepEqual(report, {
        images: 6,
        rendered: 6,
        leftOut: { repeated: 1, unmatched: 1, blank: 1 },
      });
      assert.deepEqual(events, [
        { phase: "render", done: 0, total: 7, unit: "images" },
        { phase: "render", done: 7, total: 7, unit: "images" },
      ]);
      assert.equal(
        readFileSync(join(folder, "emoji.csv"), "utf8").split("\n")[4],
        "images/16px/noto/1f1f5-1f1ea-flag-peru.png,noto,1f1f5-1f1ea,flag: Perú,Signs,Signs in particular",
      );
      const { data, info } = yield* pixelsOf(
        join(folder, "images/16px/noto/1f600-grinning-face.png"),
      );
      assert.deepEqual([info.width, info.height, info.channels], [16, 16, 3]);
      assert.deepEqual([...data.subarray(0, 3)], [255, 255, 255]);
      const centre = 3 * (8 * 16 + 8);
      assert.deepEqual([...data.subarray(centre, centre + 3)], [255, 215, 0]);
    }),
);

effectTest(
  "renderEmoji() centres a drawing that is wider than high",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      yield* render(folder);
      const { data } = yield* pixelsOf(
        join(folder, "images/16px/noto/1f1f5-1f1ea-flag-peru.png"),
      );
      // The box of 32 by 16 is halved and lies in rows 4 to 11.
      const at = (x: number, y: number) => [
        ...data.subarray(3 * (16 * y + x), 3 * (16 * y + x) + 3),
      ];
      assert.deepEqual(at(3, 7), [255, 0, 0]);
      assert.deepEqual(at(3, 5), [255, 255, 255]);
      assert.deepEqual(at(8, 7), [255, 255, 255]);
    }),
);

effectTest(
  "renderEmoji() leaves a finished folder alone, without reading packages",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const first = yield* render(folder);
      const before = contentsOf(folder);
      const again = yield* render(folder, () => Effect.die("read a package"));
      assert.deepEqual(again, { ...first, rendered: 0 });
      assert.deepEqual(contentsOf(folder), before);
    }),
);

effectTest(
  "renderEmoji() killed half-way and called again equals one call",
  () =>
    Effect.gen(function* () {
      const [whole, parts] = [yield* temporaryFolder, yield* temporaryFolder];
      yield* render(whole);
      yield* render(parts);
      // What a process killed before its last image leaves behind.
      const file = "images/16px/noto/1f600-grinning-face.png";
      rmSync(join(parts, "emoji.csv"));
      rmSync(join(parts, file));
      writeFileSync(join(parts, `${file}.part`), "half a PNG");
      const events: ProgressEvent[] = [];
      const report = yield* render(parts, tinyPackages(), events);
      assert.equal(report.rendered, 1);
      // The blank drawing has no image to be found, so it is tried again.
      assert.equal(events[0]?.done, 5);
      assert.deepEqual(contentsOf(parts), contentsOf(whole));
    }),
);

effectTest(
  "renderEmoji() at another size renders anew",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      yield* render(folder);
      const report = yield* renderEmoji(folder, {
        size: 8,
        read: tinyPackages(),
      }).pipe(Effect.provide(Progress.layerSilent));
      assert.equal(report.rendered, 6);
      const { source } = yield* emojiSource(folder);
      assert.ok(source.ids.every((id) => id.startsWith("images/8px/")));
    }),
);

effectTest(
  "renderEmoji() lists a drawing that sharp refuses",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const read = tinyPackages({
        "@iconify-json/twemoji/icons.json": {
          icons: { "cat-face": { body: "<path" }, "grin": square("red") },
        },
      });
      const report = yield* render(folder, read);
      assert.equal(report.leftOut["unreadable"], 1);
      const listed = readFileSync(join(folder, "left_out.csv"), "utf8");
      assert.match(listed, /^twemoji,twemoji\/1f431-cat-face,unreadable,\S/m);
    }),
);

effectTest(
  "renderEmoji() fails with EmojiFolderError where it cannot write",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      writeFileSync(join(folder, "images"), "a file in the way");
      const error = yield* Effect.flip(render(folder));
      assert.equal(error._tag, "EmojiFolderError");
      assert.match(error.message, /^Cannot make .*images.*: .*directory/);
    }),
);

effectTest(
  "renderEmoji() draws the pizzas of eight artists, no two alike",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const report = yield* render(folder, pizzasOnly);
      assert.equal(report.images, 8);
      assert.equal(new Set(contentsOf(folder).values()).size, 8 + 2);
    }),
);

/** The real packages, with a single drawing left in each. */
const pizzasOnly: ReadPackageFile = (file) =>
  Effect.map(readPackageFile(file), (content) => {
    if (!file.endsWith("icons.json")) return content;
    const { icons, ...rest } = content as { icons: Record<string, unknown> };
    const { pizza } = icons;
    return { ...rest, icons: pizza ? { pizza } : {}, aliases: {} };
  });
