import { matrix } from "@deepcluster/core";
import assert from "node:assert/strict";
import { placeByCentroids } from "./place_by_centroids.ts";

const corners = matrix(3, 2, Float32Array.of(0, 0, 10, 0, 0, 10));

const placed = (k: number, indices: number[], similarities: number[]) => [
  ...placeByCentroids(
    {
      k,
      indices: Int32Array.from(indices),
      similarities: Float32Array.from(similarities),
    },
    corners,
  ).data,
];

Deno.test("placeByCentroids() weighs the last of the nearest e^-3 as much as the first", () => {
  const last = Math.exp(-3) / (1 + Math.exp(-3));
  for (const [first, second] of [[0.9, 0.8], [0.2, -0.7]] as const) {
    const [x, y] = placed(2, [0, 1], [first, second]);
    assert.ok(Math.abs(x! - 10 * last) < 1e-5);
    assert.equal(y, 0);
  }
});

Deno.test("placeByCentroids() places a point at the only centroid, and in the middle of equally near ones", () => {
  assert.deepEqual(placed(1, [2], [0.3]), [0, 10]);
  const [x, y] = placed(3, [2, 0, 1], [0.5, 0.5, 0.5]);
  assert.ok(Math.abs(x! - 10 / 3) < 1e-5 && Math.abs(y! - 10 / 3) < 1e-5);
});
