import { draws, matrix, Progress, rowsOf } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";
import { embed, embedByCentroids } from "./embedding.ts";

const services = Layer.merge(layerReference, Progress.layerSilent);

const drawn = (n: number, d: number) => {
  const { normal } = draws(4, "points", n);
  return rowsOf(matrix(n, d, Float32Array.from({ length: n * d }, normal)));
};

effectTest("embed() takes any number of points", () =>
  Effect.gen(function* () {
    for (const n of [0, 1, 2, 3, 4, 15, 16, 31]) {
      const { positions, trustworthiness, measuredOn } = yield* embed(
        drawn(n, 3),
        7,
      );
      assert.deepEqual([positions.rows, positions.columns], [n, 2]);
      assert.ok(positions.data.every(Number.isFinite));
      assert.equal(measuredOn, n < 3 ? undefined : n);
      assert.equal(trustworthiness === undefined, n < 3);
    }
  }).pipe(Effect.provide(services)));

effectTest(
  "embed() lays the longest direction across",
  () =>
    Effect.gen(function* () {
      for (const seed of [1, 2, 3]) {
        const { positions: { data } } = yield* embed(drawn(31, 3), seed);
        const spread = (axis: number) => {
          const values = data.filter((_, i) => i % 2 === axis);
          const mean = values.reduce((a, b) => a + b) / values.length;
          return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
        };
        assert.ok(spread(0) > spread(1), `${spread(0)}, ${spread(1)}`);
      }
    }).pipe(Effect.provide(services)),
);

effectTest("embed() of equal points is finite", () =>
  Effect.gen(function* () {
    const equal = rowsOf(matrix(20, 3, new Float32Array(60).fill(1)));
    const { positions } = yield* embed(equal, 7);
    assert.ok(positions.data.every(Number.isFinite));
    const zeros = yield* embed(rowsOf(matrix(20, 3)), 7);
    assert.ok(zeros.positions.data.every(Number.isFinite));
  }).pipe(Effect.provide(services)));

effectTest(
  "embedByCentroids() places points about the centroids' map",
  () =>
    Effect.gen(function* () {
      const { normal } = draws(6, "centroids");
      const centroids = matrix(
        8,
        6,
        Float32Array.from({ length: 48 }, normal),
      );
      const data = Float32Array.from(
        { length: 80 * 6 },
        (_, i) => centroids.data[i % 48]! + 0.05 * normal(),
      );
      const points = rowsOf(matrix(80, 6, data));
      const placed = yield* embedByCentroids(points, centroids, points, 7);
      assert.equal(placed.kind, "centroids");
      assert.equal(placed.measuredOn, 80);
      assert.ok(placed.trustworthiness! > 0.8, `${placed.trustworthiness}`);
      const again = yield* embedByCentroids(points, centroids, points, 7);
      assert.deepEqual(again, placed);
    }).pipe(Effect.provide(services)),
);
