import assert from "node:assert/strict";
import { heightOf, rowOf } from "./row_order.ts";

const heights = (height: number) =>
  Array.from({ length: height }, (_, row) => heightOf(row, height));

Deno.test("rows of a column are in the order of their places in the tiles, and from top to bottom where tiles leave a rest", () => {
  assert.deepEqual(heights(8), [0, 4, 1, 5, 2, 6, 3, 7]);
  assert.deepEqual(heights(12), [0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11]);
  assert.deepEqual(heights(7), [0, 1, 2, 3, 4, 5, 6]);
});

Deno.test("rowOf() finds the row of what heightOf() finds", () => {
  for (let height = 1; height <= 64; height++) {
    for (let row = 0; row < height; row++) {
      assert.equal(rowOf(heightOf(row, height), height), row);
    }
  }
});
