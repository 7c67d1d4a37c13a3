import { draws, matrix, Progress, row, rowsOf } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { nearestNeighbours, type Neighbours } from "@deepcluster/neighbours";
import { effectTest } from "@deepcluster/test";
import { Effect, Exit, Fiber, Layer } from "effect";
import assert from "node:assert/strict";
import { UMAP } from "umap-js";
import { trustworthiness } from "./trustworthiness.ts";
import { umap, type UmapOptions } from "./umap.ts";

/** Points about 6 centres, the next point about the next centre. */
const groups = (n: number, d: number) => {
  const { normal } = draws(5, "groups");
  const centres = matrix(6, d, Float32Array.from({ length: 6 * d }, normal));
  const points = matrix(n, d);
  for (let i = 0; i < n; i++) {
    row(points, i).set(
      row(centres, i % 6).map((value) => value + 0.3 * normal()),
    );
  }
  return points;
};

const services = Layer.merge(layerReference, Progress.layerSilent);

const layOut = (neighbours: Neighbours, options: Partial<UmapOptions> = {}) =>
  umap(neighbours, { seed: 1, epochs: 60, ...options });

effectTest(
  "umap() gives the same bytes for the same seed, others for another",
  () =>
    Effect.gen(function* () {
      const rows = rowsOf(groups(120, 8));
      const neighbours = yield* nearestNeighbours(rows, rows, 10);
      const once = yield* layOut(neighbours);
      assert.deepEqual(yield* layOut(neighbours), once);
      assert.notDeepEqual(yield* layOut(neighbours, { seed: 2 }), once);
      assert.ok(once.data.every(Number.isFinite));
      assert.ok(new Set(once.data).size > 200);
    }).pipe(Effect.provide(services)),
);

/** What umap-js lays out: each point first among its own neighbours. */
const byUmapJs = (
  { k, indices, similarities }: Neighbours,
  { seed, epochs }: UmapOptions & { readonly epochs: number },
) => {
  const layout = new UMAP({
    nNeighbors: k,
    nEpochs: epochs,
    minDist: 0.1,
    random: draws(seed, "umap").uniform,
  });
  const n = indices.length / k;
  const knn: number[][] = [];
  const distances: number[][] = [];
  for (let i = 0; i < n; i++) {
    const others = Array.from({ length: k }, (_, j) => i * k + j)
      .filter((at) => indices[at] !== i).slice(0, k - 1);
    knn.push([i, ...others.map((at) => indices[at]!)]);
    distances.push([
      0,
      ...others.map((at) => Math.max(0, 1 - similarities[at]!)),
    ]);
  }
  layout.setPrecomputedKNN(knn, distances);
  layout.initializeFit(knn);
  for (let pass = 0; pass < epochs; pass++) layout.step();
  return Float32Array.from(layout.getEmbedding().flat());
};

effectTest(
  "umap() gives the positions of umap-js, to the last bit",
  () =>
    Effect.gen(function* () {
      const points = groups(150, 5);
      // Equal points are their own neighbours at distance 0, in any order.
      for (let i = 1; i < 4; i++) row(points, 7 * i).set(row(points, 0));
      const rows = rowsOf(points);
      for (const k of [2, 9]) {
        const neighbours = yield* nearestNeighbours(rows, rows, k);
        const options = { seed: 3, epochs: 70 };
        assert.deepEqual(
          (yield* umap(neighbours, options)).data,
          byUmapJs(neighbours, options),
        );
      }
    }).pipe(Effect.provide(services)),
);

effectTest("umap() keeps neighbours together", () =>
  Effect.gen(function* () {
    const rows = rowsOf(groups(180, 8));
    const neighbours = yield* nearestNeighbours(rows, rows, 10);
    const positions = yield* layOut(neighbours, { epochs: 200 });
    const kept = yield* trustworthiness(rows, positions, { seed: 1 });
    const { uniform } = draws(1, "chance");
    const chance = matrix(180, 2, Float32Array.from({ length: 360 }, uniform));
    const none = yield* trustworthiness(rows, chance, { seed: 1 });
    assert.ok(kept.trustworthiness > 0.9, String(kept.trustworthiness));
    assert.ok(none.trustworthiness < 0.6, String(none.trustworthiness));
  }).pipe(Effect.provide(services)));

effectTest(
  "umap() lays out points that are equal to more others than k, which then " +
    "are not among their own neighbours",
  () =>
    Effect.gen(function* () {
      const points = groups(60, 4);
      for (let i = 0; i < 40; i++) row(points, i).set(row(points, 0));
      const neighbours = yield* nearestNeighbours(
        rowsOf(points),
        rowsOf(points),
        5,
      );
      assert.ok(!neighbours.indices.subarray(39 * 5, 40 * 5).includes(39));
      const { data } = yield* layOut(neighbours);
      assert.ok(data.every(Number.isFinite));
    }).pipe(Effect.provide(services)),
);

effectTest(
  "umap() does not depend on where a point is among its neighbours",
  () =>
    Effect.gen(function* () {
      const k = 4;
      const rows = rowsOf(groups(30, 4));
      const found = yield* nearestNeighbours(rows, rows, k);
      const moved: Neighbours = {
        k,
        indices: found.indices.slice(),
        similarities: found.similarities.slice(),
      };
      for (let i = 0; i < 30; i++) {
        assert.equal(moved.indices[i * k], i);
        const at = i * k;
        moved.indices.copyWithin(at, at + 1, at + k);
        moved.similarities.copyWithin(at, at + 1, at + k);
        moved.indices[at + k - 1] = i;
      }
      assert.deepEqual(yield* layOut(moved), yield* layOut(found));
    }).pipe(Effect.provide(services)),
);

effectTest(
  "umap() can be interrupted between two passes",
  () =>
    Effect.gen(function* () {
      const rows = rowsOf(groups(60, 4));
      const neighbours = yield* nearestNeighbours(rows, rows, 5);
      let passes = 0;
      const fiber = yield* layOut(neighbours, { epochs: 1e9 }).pipe(
        Effect.provideService(Progress, {
          report: () => Effect.sync(() => void passes++),
        }),
        Effect.forkChild,
      );
      while (passes < 3) yield* Effect.yieldNow;
      yield* Fiber.interrupt(fiber);
      assert.ok(Exit.isFailure(yield* Fiber.await(fiber)));
      assert.ok(passes < 1000);
    }).pipe(Effect.provide(services)),
);

effectTest(
  "umap() refuses as many neighbours as points, a single one, and NaN",
  () =>
    Effect.gen(function* () {
      const neighbours = (
        k: number,
        n: number,
        similarity = 1,
      ): Neighbours => ({
        k,
        indices: new Int32Array(n * k),
        similarities: new Float32Array(n * k).fill(similarity),
      });
      const refusal = (given: Neighbours) =>
        Effect.map(Effect.flip(layOut(given)), ({ message }) => message);
      const rule = /k must be a whole number from 2 to one less than the/;
      assert.match(yield* refusal(neighbours(3, 3)), rule);
      assert.match(yield* refusal(neighbours(1, 1)), rule);
      assert.match(yield* refusal(neighbours(1, 9)), rule);
      assert.match(yield* refusal(neighbours(2, 9, NaN)), /row=0, column=0/);
    }).pipe(Effect.provide(services)),
);
