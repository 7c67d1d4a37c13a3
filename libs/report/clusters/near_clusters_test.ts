import { matrix } from "@deepcluster/core";
import { nearClusters } from "./near_clusters.ts";
import assert from "node:assert/strict";

const centroids = matrix(5, 2, Float32Array.of(0, 0, 3, 4, 0, 1, 1, 0, 9, 9));

Deno.test("nearClusters() sorts by Euclidean distance and leaves out empty ones", () => {
  const sizes = Int32Array.of(5, 1, 0, 2, 2);
  assert.deepEqual(nearClusters(centroids, 0, sizes, 2), [
    { cluster: 3, distance: 1 },
    { cluster: 1, distance: 5 },
  ]);
});

Deno.test("nearClusters() puts the lower number of equally near ones first", () => {
  const sizes = Int32Array.of(1, 1, 1, 1, 1);
  const near = nearClusters(centroids, 0, sizes, 9);
  assert.deepEqual(near.map(({ cluster }) => cluster), [2, 3, 1, 4]);
});
