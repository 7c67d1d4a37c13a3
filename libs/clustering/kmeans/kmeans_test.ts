import { type Matrix, matrix, row } from "@deepcluster/core";
import { layerOnnx } from "@deepcluster/gpu-backend";
import { assertClose, effectTest } from "@deepcluster/test";
import { Deferred, Effect, Layer } from "effect";
import { Assigner } from "../assign/assigner.ts";
import { normalPoints, pointsBy } from "../testing.ts";
import {
  initialState,
  kmeans,
  type KMeansOptions,
  type KMeansState,
  lloydSteps,
} from "./kmeans.ts";
import { meansOf } from "./means.ts";
import { sizesOf } from "./sizes.ts";
import assert from "node:assert/strict";
import fixture from "./fixtures/kmeans.json" with { type: "json" };

const cluster = (
  points: Matrix,
  options: KMeansOptions,
  from?: KMeansState,
) =>
  kmeans(points, options, from).pipe(Effect.provide(Assigner.layerReference));

const step = (points: Matrix, options: KMeansOptions, state: KMeansState) =>
  Effect.flatMap(lloydSteps(points, options), ({ iterate }) => iterate(state))
    .pipe(
      Effect.provide(Assigner.layerReference),
    );

const stateOf = (centroids: Matrix): KMeansState => ({
  centroids,
  assignments: new Int32Array(0),
  history: [],
});

effectTest(
  "kmeans() solves a case worked by hand",
  () =>
    Effect.gen(function* () {
      const points = matrix(4, 1, Float32Array.of(0, 2, 10, 12));
      const from = stateOf(matrix(2, 1, Float32Array.of(0, 3)));
      const options = { k: 2, iterations: 3, seed: 0 };
      const result = yield* cluster(points, options, from);
      assert.deepEqual([...result.assignments], [0, 0, 1, 1]);
      assert.deepEqual([...result.state.centroids.data], [1, 11]);
      assert.equal(result.loss, 4);
      assert.deepEqual(result.state.history, [
        {
          loss: 0 + 1 + 49 + 81,
          splits: 0,
          changedFraction: 1,
          imbalance: 1.25,
        },
        {
          loss: 0 + 4 + 4 + 16,
          splits: 0,
          changedFraction: 0.25,
          imbalance: 1,
        },
        { loss: 4, splits: 0, changedFraction: 0, imbalance: 1 },
      ]);
    }),
);

effectTest(
  "iterate() does what ten naive lines do",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("naive step", 60, 3);
      const options = { k: 4, seed: 2 };
      const state = initialState(points, options);
      const next = yield* step(points, options, state);
      const groups: number[][] = Array.from({ length: 4 }, () => []);
      for (let i = 0; i < 60; i++) {
        const distances = Array.from({ length: 4 }, (_, c) =>
          Math.hypot(
            ...row(points, i).map((x, j) => x - row(state.centroids, c)[j]!),
          ));
        groups[distances.indexOf(Math.min(...distances))]!.push(i);
      }
      groups.forEach((members, c) => {
        for (const i of members) assert.equal(next.assignments[i], c);
        for (let j = 0; j < 3; j++) {
          const sum = members.reduce((s, i) => s + row(points, i)[j]!, 0);
          const mean = Math.fround(sum / members.length);
          assert.equal(row(next.centroids, c)[j], mean);
        }
      });
    }),
);

effectTest(
  "meansOf() gives zeros where a cluster is empty",
  () =>
    Effect.gen(function* () {
      const points = matrix(2, 2, Float32Array.of(1, 2, 3, 6));
      const assignments = Int32Array.of(1, 1);
      const means = yield* meansOf(
        points,
        assignments,
        Int32Array.of(0, 2),
      );
      assert.deepEqual([...means.data], [0, 0, 2, 4]);
    }),
);

effectTest(
  "kmeans() takes the same path as faiss from the same start",
  () =>
    Effect.gen(function* () {
      const { points, from } = faissCase();
      const { iterations, k } = fixture;
      const result = yield* cluster(points, { k, iterations, seed: 0 }, from);
      const losses = result.state.history.map(({ loss }) => loss);
      assert.deepEqual([...result.assignments], fixture.labels);
      assertClose(result.state.centroids.data, fixture.centroids, 1e-6);
      assertClose(losses, fixture.losses, 1e-6, "losses");
      assertClose([result.loss], [fixture.loss], 1e-6, "final loss");
    }),
);

effectTest(
  "kmeans() from random starts is within 0.5 % of faiss",
  () =>
    Effect.gen(function* () {
      const { points } = faissCase();
      const losses = yield* Effect.forEach(
        fixture.randomStarts,
        (_, seed) => cluster(points, { k: fixture.k, seed }),
      );
      const ours = mean(losses.map(({ loss }) => loss));
      const theirs = mean(fixture.randomStarts);
      assert.ok(ours < 1.005 * theirs, `${ours} against ${theirs} by faiss`);
    }),
);

effectTest(
  "kmeans() never raises the loss while no cluster is split",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("monotone", 300, 5);
      const { loss, state } = yield* cluster(points, { k: 12, seed: 4 });
      const losses = [...state.history.map((figures) => figures.loss), loss];
      assert.ok(state.history.every(({ splits }) => splits === 0));
      for (let i = 1; i < losses.length; i++) {
        assert.ok(losses[i]! <= losses[i - 1]! * (1 + 1e-9), `iteration ${i}`);
      }
      assert.ok(losses.at(-1)! < 0.9 * losses[0]!);
    }),
);

effectTest(
  "kmeans() resumed after 3 iterations equals an uninterrupted run",
  () =>
    Effect.gen(function* () {
      // Five distinct points for eight clusters: every iteration splits.
      const points = pointsBy(80, 2, (i, j) => i % 5 + 10 * j);
      const options = { k: 8, iterations: 7, seed: 5 };
      const { state } = yield* cluster(points, { ...options, iterations: 3 });
      const resumed = yield* cluster(points, options, structuredClone(state));
      const whole = yield* cluster(points, options);
      assert.ok(whole.state.history.every(({ splits }) => splits > 0));
      assert.deepEqual(resumed, whole);
    }),
);

effectTest(
  "kmeans() that is interrupted saves its last iteration, and ends from there as if it had not been",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("interrupted", 80, 2);
      const options = { k: 8, iterations: 7, seed: 5 };
      const saved: KMeansState[] = [];
      const third = yield* Deferred.make<void>();
      const stopped = kmeans(points, {
        ...options,
        onProgress: ({ history }) =>
          history.length === 3
            ? Effect.andThen(Deferred.succeed(third, undefined), Effect.never)
            : Effect.void,
        save: (state) => Effect.sync(() => void saved.push(state)),
      }).pipe(Effect.provide(Assigner.layerReference));
      yield* Effect.raceFirst(stopped, Deferred.await(third));
      assert.deepEqual(saved.map(({ history }) => history.length), [3]);
      const resumed = yield* cluster(points, options, saved[0]);
      assert.deepEqual(resumed, yield* cluster(points, options));
    }),
);

effectTest(
  "kmeans() with another seed starts from other points",
  () =>
    Effect.sync(() => {
      const points = normalPoints("seeds", 50, 2);
      const first = initialState(points, { k: 5, seed: 1 });
      assert.deepEqual(initialState(points, { k: 5, seed: 1 }), first);
      assert.notDeepEqual(initialState(points, { k: 5, seed: 2 }), first);
      const rows = new Set(
        Array.from({ length: 5 }, (_, c) => String(row(first.centroids, c))),
      );
      assert.equal(rows.size, 5);
    }),
);

effectTest(
  "kmeans() writes neither to its points nor to the state given",
  () =>
    Effect.gen(function* () {
      const points = pointsBy(30, 2, (i, j) => i % 3 + j);
      const from = initialState(points, { k: 6, seed: 0 });
      const before = structuredClone({ points, from });
      yield* cluster(points, { k: 6, iterations: 4, seed: 0 }, from);
      assert.deepEqual({ points, from }, before);
    }),
);

effectTest(
  "kmeans() does not depend on the order of the points",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("order", 90, 3);
      const reversed = matrix(90, 3);
      for (let i = 0; i < 90; i++) {
        row(reversed, 89 - i).set(row(points, i));
      }
      const from = initialState(points, { k: 5, seed: 0 });
      const options = { k: 5, iterations: 5, seed: 0 };
      const one = yield* cluster(points, options, from);
      const other = yield* cluster(reversed, options, from);
      assert.deepEqual(other.assignments.toReversed(), one.assignments);
      assertClose([other.loss], [one.loss], 1e-9);
    }),
);

effectTest(
  "kmeans() on layerBackend agrees with layerReference",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("both layers", 400, 8);
      const options = { k: 10, iterations: 8, seed: 1 };
      const exact = yield* kmeans(points, options).pipe(
        Effect.provide(Assigner.layerReference),
      );
      const result = yield* kmeans(points, options).pipe(
        Effect.provide(onnx(2)),
      );
      assertClose([result.loss], [exact.loss], 1e-4);
    }),
);

effectTest(
  "kmeans() gives the same bits twice, on 1 thread nearly those of 2",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("threads", 3000, 16);
      const options = { k: 20, iterations: 4, seed: 1 };
      const run = (threads: number) =>
        kmeans(points, options).pipe(
          Effect.provide(onnx(threads)),
        );
      const two = yield* run(2);
      const one = yield* run(1);
      assert.deepEqual(yield* run(2), two);
      // Rounding may turn a near tie, and all that follows from it.
      assertClose([one.loss], [two.loss], 1e-3);
    }),
);

const onnx = (threads: number) =>
  Assigner.layerBackend.pipe(
    Layer.provide(layerOnnx({ provider: "cpu", threads })),
    Layer.orDie,
  );

const faissCase = () => {
  const { columns, points, start, k } = fixture;
  return {
    points: matrix(points.length / columns, columns, Float32Array.from(points)),
    from: stateOf(matrix(k, columns, Float32Array.from(start))),
  };
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

effectTest(
  "meansOf() with known means gives the same bits",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("known means", 103, 5);
      const sizesOfTen = (assignments: Int32Array) => sizesOf(assignments, 10);
      const before = Int32Array.from({ length: 103 }, (_, i) => i % 9);
      const after = before.map((cluster, i) => i < 7 ? 9 : cluster);
      const known = {
        assignments: before,
        centroids: yield* meansOf(points, before, sizesOfTen(before)),
      };
      assert.deepEqual(
        yield* meansOf(points, after, sizesOfTen(after), known),
        yield* meansOf(points, after, sizesOfTen(after)),
      );
    }),
);
