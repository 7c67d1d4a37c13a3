import { sha256Of } from "@deepcluster/storage";
import assert from "node:assert/strict";
import numpy from "./fixtures/regions.json" with { type: "json" };
import { type MapRegion, rmacRegions } from "./rmac_regions.ts";

const listed = (regions: readonly MapRegion[]) =>
  regions.map(({ x, y, side }) => [x, y, side]);

Deno.test("rmacRegions() of a square map equals the grid worked by hand", () => {
  assert.deepEqual(listed(rmacRegions(6, 6)), [
    [0, 0, 6],
    ...[0, 2].flatMap((y) => [0, 2].map((x) => [x, y, 4])),
    // floor(i * 1.5): 0, 1, 3
    ...[0, 1, 3].flatMap((y) => [0, 1, 3].map((x) => [x, y, 3])),
  ]);
});

Deno.test("rmacRegions() of a 3:4 map adds one region along the longer side", () => {
  // m = 1: step 2, overlap (36 - 12) / 36 = 0.67; m = 2 gives 0.83.
  assert.deepEqual(listed(rmacRegions(8, 6)), [
    ...[0, 2].map((y) => [0, y, 6]),
    ...[0, 2, 4].flatMap((y) => [0, 2].map((x) => [x, y, 4])),
    ...[0, 1, 3, 5].flatMap((y) => [0, 1, 3].map((x) => [x, y, 3])),
  ]);
});

Deno.test("rmacRegions() has 14 regions of a square, 20 of a photograph, 26 of two squares", () => {
  const count = (height: number, width: number) =>
    rmacRegions(height, width).length;
  assert.equal(count(64, 64), 14);
  assert.equal(count(48, 64), 20);
  assert.equal(count(64, 42), 20);
  assert.equal(count(32, 64), 26);
});

Deno.test("rmacRegions() leaves out regions of side 0", () => {
  assert.deepEqual(listed(rmacRegions(1, 1)), [[0, 0, 1]]);
  assert.ok(rmacRegions(1, 9).every(({ side }) => side === 1));
});

Deno.test("rmacRegions() equals NumPy's regions for all maps of 2 to 79 rows and columns", () => {
  for (const { height, width, regions } of numpy.maps) {
    assert.deepEqual(listed(rmacRegions(height, width)), regions);
  }
  let text = "";
  let total = 0;
  for (let height = 2; height < 80; height++) {
    for (let width = 2; width < 80; width++) {
      const regions = listed(rmacRegions(height, width));
      total += regions.length;
      text += `${height}${width}${JSON.stringify(regions)}\n`;
      for (const [x, y, side] of regions) {
        assert.ok(x! >= 0 && x! + side! <= width);
        assert.ok(y! >= 0 && y! + side! <= height);
      }
    }
  }
  assert.equal(total, numpy.total);
  assert.equal(sha256Of(new TextEncoder().encode(text)), numpy.sha256);
});
