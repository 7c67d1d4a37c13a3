import { draws } from "@deepcluster/core";
import { assertClose } from "@deepcluster/test";
import { mostPoints, type Rows, tileMatrices } from "./winograd_matrices.ts";
import assert from "node:assert/strict";
import { test } from "node:test";

const times = (rows: Rows, vector: readonly number[]) =>
  rows.map((row) => row.reduce((sum, x, i) => sum + x * vector[i]!, 0));

test("a tile by its points equals the filter moved over it", () => {
  const { normal } = draws(1, "tiles");
  const normals = (length: number) => Array.from({ length }, normal);
  for (let kernel = 1; kernel < mostPoints; kernel++) {
    for (let outputs = 1; outputs + kernel - 1 <= mostPoints; outputs++) {
      const { input, filter, output } = tileMatrices(outputs, kernel);
      const tile = normals(outputs + kernel - 1);
      const taps = normals(kernel);
      const points = times(filter, taps);
      const products = times(input, tile).map((x, i) => x * points[i]!);
      const results = Array.from(
        { length: outputs },
        (_, k) =>
          output.reduce((sum, row, i) => sum + row[k]! * products[i]!, 0),
      );
      const expected = results.map((_, k) =>
        taps.reduce((sum, tap, i) => sum + tap * tile[k + i]!, 0)
      );
      assertClose(results, expected, 1e-12, `${outputs} of ${kernel}`);
    }
  }
});

test("input and output matrices are exact in 32 bits", () => {
  for (const [outputs, kernel] of [[2, 3], [4, 3], [5, 3], [6, 3], [4, 5]]) {
    const { input, output } = tileMatrices(outputs!, kernel!);
    for (const value of [...input, ...output].flat()) {
      assert.equal(Math.fround(value), value);
    }
  }
});
