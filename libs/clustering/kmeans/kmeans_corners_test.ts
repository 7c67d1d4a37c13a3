import { type Matrix, matrix } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { Assigner } from "../assign/assigner.ts";
import { normalPoints, pointsBy } from "../testing.ts";
import {
  initialState,
  kmeans,
  type KMeansOptions,
  type KMeansState,
} from "./kmeans.ts";
import assert from "node:assert/strict";

const cluster = (
  points: Matrix,
  options: KMeansOptions,
  from?: KMeansState,
) =>
  kmeans(points, options, from).pipe(Effect.provide(Assigner.layerReference));

const messageOf = (
  points: Matrix,
  options: KMeansOptions,
  from?: KMeansState,
) => Effect.map(Effect.flip(cluster(points, options, from)), String);

effectTest(
  "kmeans() with as many clusters as points leaves no loss",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("n = k", 12, 4);
      const { assignments, loss } = yield* cluster(points, { k: 12, seed: 0 });
      assert.equal(new Set(assignments).size, 12);
      assert.equal(loss, 0);
    }),
);

effectTest(
  "kmeans() with one cluster finds the mean",
  () =>
    Effect.gen(function* () {
      const points = matrix(3, 2, Float32Array.of(0, 0, 3, 0, 0, 6));
      const { assignments, state } = yield* cluster(points, { k: 1, seed: 9 });
      assert.deepEqual([...assignments], [0, 0, 0]);
      assert.deepEqual([...state.centroids.data], [1, 2]);
    }),
);

effectTest("kmeans() clusters a single point", () =>
  Effect.gen(function* () {
    const points = matrix(1, 3, Float32Array.of(1, 2, 3));
    const { assignments, loss } = yield* cluster(points, { k: 1, seed: 0 });
    assert.deepEqual([...assignments], [0]);
    assert.equal(loss, 0);
  }));

effectTest(
  "kmeans() assigns equal points to one cluster, the rest stay empty",
  () =>
    Effect.gen(function* () {
      const points = pointsBy(20, 3, () => 0.1);
      const { assignments, state } = yield* cluster(points, { k: 4, seed: 0 });
      assert.equal(new Set(assignments).size, 1);
      assert.ok(state.history.every(({ splits }) => splits === 3));
      assert.ok(state.centroids.data.every(Number.isFinite));
    }),
);

effectTest("kmeans() never parts duplicates", () =>
  Effect.gen(function* () {
    const points = pointsBy(60, 2, (i, j) => (i % 4) * (j + 1));
    const { assignments } = yield* cluster(points, { k: 9, seed: 3 });
    for (let i = 4; i < 60; i++) {
      assert.equal(assignments[i], assignments[i % 4]);
    }
    assert.ok(new Set(assignments).size <= 4);
  }));

effectTest(
  "kmeans() without iterations assigns to the first centroids",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("none", 20, 2);
      const options = { k: 3, iterations: 0, seed: 1 };
      const { state } = yield* cluster(points, options);
      assert.deepEqual(state, initialState(points, options));
    }),
);

effectTest(
  "kmeans() fails with TooFewPointsError when n < k",
  () =>
    Effect.gen(function* () {
      assert.equal(
        yield* messageOf(normalPoints("few", 7, 2), { k: 8, seed: 0 }),
        "TooFewPointsError: Cannot cluster as points must be >= k: " +
          "current values are points=7, k=8",
      );
    }),
);

effectTest(
  "kmeans() names the first feature that is not finite",
  () =>
    Effect.gen(function* () {
      for (const value of [NaN, Infinity, -Infinity]) {
        const points = normalPoints("bad", 6, 4);
        points.data[2 * 4 + 3] = value;
        points.data[5 * 4] = NaN;
        assert.equal(
          yield* messageOf(points, { k: 2, seed: 0 }),
          "NonFiniteFeatureError: Cannot cluster as features must be finite: " +
            `current values are row=2, column=3, value=${value}`,
        );
      }
    }),
);

effectTest(
  "kmeans() refuses options that break their rules",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("options", 6, 4);
      assert.equal(
        yield* messageOf(points, { k: 0, seed: 0 }),
        "OptionError: Cannot cluster as k must be an integer >= 1: " +
          "current value is k=0",
      );
      assert.equal(
        yield* messageOf(points, { k: 2, iterations: 1.5, seed: 0 }),
        "OptionError: Cannot cluster as iterations must be an " +
          "integer >= 0: current value is iterations=1.5",
      );
      assert.equal(
        yield* messageOf(matrix(3, 0), { k: 2, seed: 0 }),
        "OptionError: Cannot cluster as features must be an " +
          "integer >= 1: current value is features=0",
      );
    }),
);

effectTest(
  "kmeans() refuses the state of other points or options",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("foreign", 20, 3);
      const options = { k: 4, iterations: 2, seed: 0 };
      const { state } = yield* cluster(points, options);
      const refused = (what: string, own: number, foreign: number) =>
        `ForeignStateError: Cannot resume clustering as the state must have ` +
        `the same ${what}: current values are points or options=${own}, ` +
        `state=${foreign}`;
      assert.equal(
        yield* messageOf(points, { ...options, k: 5 }, state),
        refused("k", 5, 4),
      );
      assert.equal(
        yield* messageOf(normalPoints("foreign", 20, 2), options, state),
        refused("features", 2, 3),
      );
      assert.equal(
        yield* messageOf(normalPoints("foreign", 21, 3), options, state),
        refused("points", 21, 20),
      );
    }),
);
