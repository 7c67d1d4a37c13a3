import type { Image } from "@deepcluster/data";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { inRows, tiledPicture } from "./tiled_picture.ts";
import assert from "node:assert/strict";

const test = (name: string, body: () => void) =>
  effectTest(name, () => Effect.sync(body));

/** A tile whose pixels all differ. */
const tile = (number: number, width = 3, height = 2): Image => ({
  width,
  height,
  data: Uint8Array.from(
    { length: 3 * width * height },
    (_, i) => 40 * number + i,
  ),
});

/** Red of every pixel, row by row; `..` is white. */
const drawing = ({ width, height, data }: Image) =>
  Array.from(
    { length: height },
    (_, y) =>
      Array.from({ length: width }, (_, x) => {
        const pixel = [...data.subarray(3 * (y * width + x)).subarray(0, 3)];
        return pixel.every((value) => value === 255)
          ? ".."
          : String(pixel[0]).padStart(2, "0");
      }).join(" "),
  );

test("tiledPicture() sets tiles pixel by pixel with a white border around each", () => {
  const rows = [[tile(0), tile(1)], [tile(2)]];
  assert.deepEqual(drawing(tiledPicture(rows, { border: 1 })), [
    ".. .. .. .. .. .. .. .. ..",
    ".. 00 03 06 .. 40 43 46 ..",
    ".. 09 12 15 .. 49 52 55 ..",
    ".. .. .. .. .. .. .. .. ..",
    ".. 80 83 86 .. .. .. .. ..",
    ".. 89 92 95 .. .. .. .. ..",
    ".. .. .. .. .. .. .. .. ..",
  ]);
  const inner = tiledPicture([[tile(0), tile(1)]], { border: 1, margin: 0 });
  assert.deepEqual(drawing(inner), [
    "00 03 06 .. 40 43 46",
    "09 12 15 .. 49 52 55",
  ]);
  const picture = tiledPicture(rows);
  assert.deepEqual([picture.width, picture.height], [12, 10]);
});

test("tiledPicture() leaves white what a smaller tile does not fill", () => {
  const rows = [[tile(0, 1, 1), tile(1, 2, 2)]];
  assert.deepEqual(drawing(tiledPicture(rows, { border: 1, margin: 0 })), [
    "00 .. .. 40 43",
    ".. .. .. 46 49",
  ]);
});

test("inRows() makes full rows of the paper's numbers of filters", () => {
  const shapeOf = (count: number, aspect?: number) => {
    const rows = inRows(Array.from({ length: count }, (_, i) => i), aspect);
    assert.deepEqual(rows.flat(), Array.from({ length: count }, (_, i) => i));
    return rows.map(({ length }) => length);
  };
  assert.deepEqual(shapeOf(96), Array(8).fill(12));
  assert.deepEqual(shapeOf(64), Array(8).fill(8));
  assert.deepEqual(shapeOf(24), Array(4).fill(6));
  assert.deepEqual(shapeOf(96, 2), Array(12).fill(8));
  assert.deepEqual(shapeOf(7), [4, 3]);
  assert.deepEqual(shapeOf(1), [1]);
  assert.deepEqual(shapeOf(0), []);
});
