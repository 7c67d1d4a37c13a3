import { Progress } from "@deepcluster/core";
import { UnreadableImageError } from "@deepcluster/data";
import { draws } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import sharp from "sharp";
import { mapSheets, type SquareOf } from "./map_sheets.ts";

/** A square of one grey for each image; image 3 cannot be read. */
const plain: SquareOf = (index, side) =>
  index === 3
    ? Effect.fail(new UnreadableImageError({ id: "3", reason: "gone" }))
    : Effect.succeed(new Uint8Array(3 * side ** 2).fill(index % 200 + 20));

const noise: SquareOf = (index, side) => {
  const { integer } = draws(index, "noise");
  return Effect.succeed(
    Uint8Array.from({ length: 3 * side ** 2 }, () => integer(256)),
  );
};

const pixelsOf = (sheet: string) =>
  Effect.promise(() =>
    sharp(Buffer.from(sheet.split(",")[1]!, "base64")).raw()
      .toBuffer({ resolveWithObject: true })
  );

effectTest(
  "mapSheets() draws each point's image in the square that it names",
  () =>
    Effect.gen(function* () {
      const indices = Int32Array.from(
        { length: 1100 },
        (_, i) => (7 * i) % 1100,
      );
      const sheets = yield* mapSheets(indices, plain);
      assert.deepEqual([sheets.side, sheets.sheets.length], [32, 2]);
      const [first, last] = yield* Effect.forEach(sheets.sheets, pixelsOf);
      assert.deepEqual([first!.info.width, first!.info.height], [1024, 1024]);
      assert.deepEqual([last!.info.width, last!.info.height], [1024, 96]);
      for (const [point, index] of indices.entries()) {
        const square = sheets.squares[point]!;
        assert.equal(square, index === 3 ? -1 : point);
        if (square < 0) continue;
        const { data } = square < 1024 ? first! : last!;
        const place = square % 1024;
        const y = 32 * Math.floor(place / 32) + 16;
        const x = 32 * (place % 32) + 16;
        const off = data[3 * (1024 * y + x)]! - (index % 200 + 20);
        assert.ok(Math.abs(off) < 12, `${index} is off by ${off}`);
      }
      assert.deepEqual(yield* mapSheets(indices, plain), sheets);
    }).pipe(Effect.provide(Progress.layerSilent)),
);

effectTest(
  "mapSheets() takes smaller squares, then every so many points, to stay " +
    "within its characters",
  () =>
    Effect.gen(function* () {
      const indices = Int32Array.from({ length: 256 }, (_, i) => i);
      const measure = (most?: number) =>
        Effect.map(mapSheets(indices, noise, most), (sheets) => ({
          ...sheets,
          characters: sheets.sheets.join("").length,
          shown: sheets.squares.filter((square) => square >= 0).length,
        }));
      const full = yield* measure();
      assert.deepEqual([full.side, full.shown], [32, 256]);
      const small = yield* measure(0.8 * full.characters);
      assert.deepEqual([small.side, small.shown], [24, 256]);
      const some = yield* measure(0.3 * full.characters);
      assert.equal(some.side, 24);
      assert.ok(some.shown > 64 && some.shown < 192, `${some.shown}`);
      assert.ok(some.characters < 0.36 * full.characters);
      const gaps = [...some.squares.entries()]
        .filter(([, square]) => square >= 0).map(([point]) => point);
      assert.ok(gaps.every((point, i) => i === 0 || point - gaps[i - 1]! < 5));
    }).pipe(Effect.provide(Progress.layerSilent)),
);

effectTest(
  "mapSheets() of no points has no sheets",
  () =>
    Effect.gen(function* () {
      const sheets = yield* mapSheets(new Int32Array(), plain);
      assert.deepEqual([sheets.sheets, sheets.squares.length], [[], 0]);
    }).pipe(Effect.provide(Progress.layerSilent)),
);
