import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { listEmojiDrawings } from "./emoji_drawings.ts";
import { square, tinyPackages } from "./emoji_fixture.ts";
import assert from "node:assert/strict";

effectTest(
  "listEmojiDrawings() matches sets by codepoints, names and other spellings",
  () =>
    Effect.gen(function* () {
      const { drawings } = yield* listEmojiDrawings(tinyPackages());
      assert.deepEqual(drawings.map((drawing) => drawing.id), [
        "fxemoji/1f1f5-1f1ea-flag-peru",
        "fxemoji/1f431-cat-face",
        "fxemoji/1f44b-waving-hand",
        "fxemoji/1f600-grinning-face",
        "noto/1f1f5-1f1ea-flag-peru",
        "noto/1f600-grinning-face",
        "noto/2a-20e3-keycap",
      ]);
    }),
);

effectTest(
  "listEmojiDrawings() lists what it leaves out, skin tones apart",
  () =>
    Effect.gen(function* () {
      const { leftOut } = yield* listEmojiDrawings(tinyPackages());
      assert.deepEqual(leftOut, [
        {
          set: "fxemoji",
          drawing: "rocket-to-mars",
          reason: "repeated",
          detail: "cat face",
        },
        {
          set: "fxemoji",
          drawing: "wavinghandright",
          reason: "unmatched",
          detail: "",
        },
      ]);
    }),
);

effectTest(
  "listEmojiDrawings() turns a mirrored alias round within its box",
  () =>
    Effect.gen(function* () {
      const { drawings } = yield* listEmojiDrawings(tinyPackages({
        "@iconify-json/twemoji/icons.json": {
          width: 20,
          height: 16,
          icons: { left: { ...square("red"), left: 2, top: 1 } },
          aliases: { "cat-face": { parent: "left", hFlip: true } },
        },
      }));
      const cat = drawings.find((drawing) => drawing.set === "twemoji")!;
      assert.deepEqual(cat.viewBox, [2, 1, 20, 16]);
      // x becomes 2 * 2 + 20 - x, so the box from 2 to 22 stays where it is.
      assert.match(cat.shapes, /^<g transform="matrix\(-1 0 0 1 24 0\)">/);
    }),
);

effectTest(
  "listEmojiDrawings() fails with EmojiPackageError on a turned drawing",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(listEmojiDrawings(tinyPackages({
        "@iconify-json/noto/icons.json": {
          icons: { a: square("red") },
          aliases: { b: { parent: "a", rotate: 1 } },
        },
      })));
      assert.equal(error._tag, "EmojiPackageError");
      assert.equal(
        error.message,
        "Cannot draw emoji as the npm package file @iconify-json/noto/icons.json must be installed and well formed: aliases.b.rotate must be removed",
      );
    }),
);

effectTest(
  "listEmojiDrawings() finds 12 806 drawings of 1 906 emoji in the packages",
  () =>
    Effect.gen(function* () {
      const { drawings, leftOut } = yield* listEmojiDrawings();
      const distinct = (name: (emoji: typeof drawings[0]["emoji"]) => string) =>
        new Set(drawings.map((drawing) => name(drawing.emoji))).size;
      const perSet: Record<string, number> = {};
      for (const { set } of drawings) perSet[set] = (perSet[set] ?? 0) + 1;
      assert.deepEqual(perSet, {
        "emojione": 1334,
        "emojione-v1": 1137,
        "fluent-emoji": 1591,
        "fluent-emoji-flat": 1594,
        "fxemoji": 467,
        "noto": 1644,
        "noto-v1": 1227,
        "openmoji": 1906,
        "twemoji": 1906,
      });
      assert.equal(distinct((emoji) => emoji.codepoints), 1906);
      assert.equal(distinct((emoji) => emoji.group), 9);
      assert.equal(distinct((emoji) => emoji.subgroup), 98);
      assert.equal(leftOut.length, 1493);
    }),
);
