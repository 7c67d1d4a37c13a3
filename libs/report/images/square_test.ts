import { sideWithin, squareOf } from "./square.ts";
import assert from "node:assert/strict";

/** An image whose red is the column and whose green is the row. */
const ramp = (width: number, height: number) => ({
  width,
  height,
  data: Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => [Math.floor(i / 3) % width, Math.floor(i / 3 / width), 7][i % 3]!,
  ),
});

Deno.test("squareOf() shows the centre, 224 of 256 of the short side", () => {
  const square = squareOf(ramp(40, 32), 28); // the short side stays 32
  const pixel = (
    x: number,
    y: number,
  ) => [...square.slice(3 * (28 * y + x), 3 * (28 * y + x) + 3)];
  assert.equal(square.length, 28 * 28 * 3);
  assert.deepEqual(pixel(0, 0), [6, 2, 7]);
  assert.deepEqual(pixel(27, 27), [33, 29, 7]);
});

Deno.test("squareOf() enlarges without a shift: a symmetric image stays so", () => {
  const grey = [0, 100, 100, 0];
  const data = Uint8Array.from(
    { length: 4 * 4 * 3 },
    (_, i) => grey[Math.floor(i / 3) % 4]!,
  );
  const square = squareOf({ width: 4, height: 4, data }, 56);
  for (let x = 0; x < 56; x++) {
    assert.equal(square[3 * x], square[3 * (55 - x)]);
  }
});

Deno.test("sideWithin() never enlarges and never vanishes", () => {
  assert.equal(sideWithin({ width: 500, height: 375 }, 64), 64);
  assert.equal(sideWithin({ width: 32, height: 40 }, 64), 28);
  assert.equal(sideWithin({ width: 900, height: 1 }, 64), 1);
});
