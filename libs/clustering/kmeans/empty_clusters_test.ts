import { draws, matrix, row } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { pointsBy } from "../testing.ts";
import { splitEmptyClusters } from "./empty_clusters.ts";
import assert from "node:assert/strict";

effectTest(
  "splitEmptyClusters() moves donor and copy 1/1024 apart",
  () =>
    Effect.sync(() => {
      const centroids = matrix(
        2,
        3,
        Float32Array.of(9, 9, 9, 1024, 2048, -1024),
      );
      const sizes = Int32Array.of(0, 5);
      assert.equal(splitEmptyClusters(centroids, sizes, draws(0, "s")), 1);
      assert.deepEqual([...row(centroids, 0)], [1025, 2046, -1025]);
      assert.deepEqual([...row(centroids, 1)], [1023, 2050, -1023]);
      assert.deepEqual([...sizes], [2, 3]);
    }),
);

effectTest(
  "splitEmptyClusters() leaves full clusters alone",
  () =>
    Effect.sync(() => {
      const centroids = pointsBy(3, 2, (i, j) => i + j);
      const before = structuredClone(centroids);
      const sizes = Int32Array.of(1, 4, 2);
      assert.equal(splitEmptyClusters(centroids, sizes, draws(0, "s")), 0);
      assert.deepEqual(centroids, before);
      assert.deepEqual([...sizes], [1, 4, 2]);
    }),
);

effectTest(
  "splitEmptyClusters() never takes from a cluster of one point",
  () =>
    Effect.sync(() => {
      for (let seed = 0; seed < 50; seed++) {
        const sizes = Int32Array.of(1, 0, 1, 2, 1, 0, 3);
        const centroids = pointsBy(7, 1, (i) => i + 1);
        assert.equal(splitEmptyClusters(centroids, sizes, draws(seed, "s")), 2);
        assert.deepEqual([sizes[0], sizes[2], sizes[4]], [1, 1, 1]);
        assert.deepEqual([...row(centroids, 0)], [1]);
        assert.equal(sizes.reduce((sum, size) => sum + size), 8);
        assert.ok(sizes.every((size) => size > 0));
      }
    }),
);

effectTest(
  "splitEmptyClusters() fills all of them when n = k",
  () =>
    Effect.sync(() => {
      const sizes = Int32Array.of(0, 0, 6, 0, 0, 0);
      const centroids = pointsBy(6, 2, () => 1);
      assert.equal(splitEmptyClusters(centroids, sizes, draws(1, "s")), 5);
      assert.deepEqual([...sizes], [1, 1, 1, 1, 1, 1]);
    }),
);

effectTest(
  "splitEmptyClusters() draws donors in proportion to size - 1",
  () =>
    Effect.sync(() => {
      const trials = 4000;
      const taken = [0, 0, 0, 0];
      for (let seed = 0; seed < trials; seed++) {
        const sizes = Int32Array.of(5, 0, 1, 13);
        splitEmptyClusters(pointsBy(4, 1, () => 1), sizes, draws(seed, "s"));
        taken[sizes[0]! < 5 ? 0 : 3]!++;
      }
      // 4 : 12, a binomial whose deviation is 27.
      assert.ok(Math.abs(taken[0]! - trials / 4) < 110, `${taken}`);
    }),
);

effectTest(
  "splitEmptyClusters() cannot part a donor at the origin",
  () =>
    Effect.sync(() => {
      const centroids = pointsBy(2, 2, () => 0);
      splitEmptyClusters(centroids, Int32Array.of(4, 0), draws(0, "s"));
      assert.ok(centroids.data.every((value) => value === 0));
    }),
);
