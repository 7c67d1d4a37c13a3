import assert from "node:assert/strict";
import {
  boxBetween,
  gripAt,
  isLarge,
  middleBox,
  moveBox,
  resizeBox,
} from "./browser/box.js";

const size = { width: 100, height: 60 };

Deno.test("boxBetween() takes corners in any order and cuts at the borders", () => {
  assert.deepEqual(boxBetween([30, 40], [10, 5], size), [10, 5, 20, 35]);
  assert.deepEqual(boxBetween([-20, 30], [200, 90], size), [0, 30, 100, 30]);
});

Deno.test("moveBox() stops at the borders and keeps the size", () => {
  assert.deepEqual(moveBox([10, 10, 20, 20], [-50, 500], size), [
    0,
    40,
    20,
    20,
  ]);
});

Deno.test("resizeBox() keeps the corner, the borders and the smallest side", () => {
  assert.deepEqual(resizeBox([10, 10, 20, 20], [500, -50], size), [
    10,
    10,
    90,
    4,
  ]);
});

Deno.test("gripAt() holds a corner by the opposite one, the inside, or nothing", () => {
  const box = [10, 10, 20, 30] as const;
  assert.deepEqual(gripAt(box, [11, 9], 3), [30, 40]);
  assert.deepEqual(gripAt(box, [30, 40], 3), [10, 10]);
  assert.equal(gripAt(box, [20, 20], 3), "move");
  assert.equal(gripAt(box, [50, 50], 3), "draw");
  assert.equal(gripAt(undefined, [11, 9], 3), "draw");
});

Deno.test("middleBox() is half as wide and high, and large enough", () => {
  assert.deepEqual(middleBox(size), [25, 15, 50, 30]);
  assert.equal(isLarge(middleBox(size)), true);
  assert.equal(isLarge([0, 0, 3, 50]), false);
});
