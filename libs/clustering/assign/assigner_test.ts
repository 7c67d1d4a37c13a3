import { draws, type Matrix, matrix } from "@deepcluster/core";
import { Backend, layerOnnx, layerReference } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";
import { Assigner } from "./assigner.ts";
import type { Assignment } from "./assignment.ts";
import { squaredDistance } from "./distances.ts";
import { kmeans } from "../kmeans/kmeans.ts";
import { normalPoints, pointsBy } from "../testing.ts";

const onnx = (threads: number) =>
  Layer.orDie(layerOnnx({ provider: "cpu", threads }));

const accelerated = Assigner.layerBackend.pipe(Layer.provide(onnx(2)));

const assign = (
  points: Matrix,
  centroids: Matrix,
  layer: Layer.Layer<Assigner> = Assigner.layerReference,
) =>
  Effect.gen(function* () {
    const assigner = yield* Assigner;
    return yield* assigner.assign(points, centroids);
  }).pipe(Effect.provide(layer));

/** Assignments may differ where two centroids are equally near, up to rounding. */
const assertAsNear = (
  actual: Assignment,
  exact: Assignment,
  relative: number,
) => {
  for (let i = 0; i < exact.assignments.length; i++) {
    const allowed = exact.distances[i]! + relative;
    assert.ok(
      actual.distances[i]! <= allowed,
      `point ${i}: ${actual.distances[i]} against ${exact.distances[i]}`,
    );
  }
};

effectTest(
  "layerReference gives the lowest of equally near centroids",
  () =>
    Effect.gen(function* () {
      const points = matrix(3, 1, Float32Array.of(0, 1, 5));
      const centroids = matrix(4, 1, Float32Array.of(9, 2, 0, 2));
      const { assignments, distances } = yield* assign(points, centroids);
      assert.deepEqual([...assignments], [2, 1, 1]);
      assert.deepEqual([...distances], [0, 1, 9]);
    }),
);

effectTest(
  "layerBackend equals layerReference on random points",
  () =>
    Effect.gen(function* () {
      const { integer } = draws(0, "shapes");
      for (let trial = 0; trial < 20; trial++) {
        const [n, k, d] = [1 + integer(300), 1 + integer(40), 1 + integer(30)];
        const points = normalPoints(`points ${trial}`, n, d);
        const centroids = normalPoints(`centroids ${trial}`, k, d);
        const exact = yield* assign(points, centroids);
        const actual = yield* assign(points, centroids, accelerated);
        assertAsNear(actual, exact, 1e-5 * d);
        const differing = actual.assignments.filter((c, i) =>
          c !== exact.assignments[i]
        );
        assert.ok(differing.length <= 1, `${differing.length} of ${n} differ`);
      }
    }),
);

effectTest(
  "layerBackend equals layerReference, ties included, on a grid",
  () =>
    Effect.gen(function* () {
      // Small whole numbers are exact in 32-bit floats; half the points tie.
      const points = pointsBy(
        625,
        2,
        (i, j) => j ? i % 25 : Math.floor(i / 25),
      );
      const centroids = pointsBy(36, 2, (i, j) => 4 * (j ? i % 6 : i / 6 | 0));
      for (const name of ["as they are", "all twice", "all equal"]) {
        const given = {
          "as they are": centroids,
          "all twice": pointsBy(
            72,
            2,
            (i, j) => centroids.data[i % 36 * 2 + j]!,
          ),
          "all equal": pointsBy(7, 2, () => 3),
        }[name]!;
        const exact = yield* assign(points, given);
        const actual = yield* assign(points, given, accelerated);
        assert.deepEqual(actual, exact, name);
      }
    }),
);

effectTest(
  "layerBackend finds duplicates of centroids exactly",
  () =>
    Effect.gen(function* () {
      const centroids = normalPoints("duplicates", 33, 40);
      const points = pointsBy(
        99,
        40,
        (i, j) => centroids.data[i % 33 * 40 + j]!,
      );
      const { assignments, distances } = yield* assign(
        points,
        centroids,
        accelerated,
      );
      assert.ok(assignments.every((c, i) => c === i % 33));
      assert.ok(distances.every((distance) => distance === 0));
    }),
);

effectTest(
  "layerBackend bears points far from the origin, tiny and huge",
  () =>
    Effect.gen(function* () {
      const near = normalPoints("offset", 200, 6);
      const nearCentroids = normalPoints("offset centroids", 12, 6);
      for (
        const [factor, offset] of [[1, 1000], [1e-20, 0], [1e15, 0]] as const
      ) {
        const moved = ({ rows, columns, data }: Matrix) =>
          matrix(rows, columns, data.map((x) => x * factor + offset));
        const [points, centroids] = [moved(near), moved(nearCentroids)];
        const exact = yield* assign(points, centroids);
        const actual = yield* assign(points, centroids, accelerated);
        assertAsNear(actual, exact, 3e-3 * factor ** 2);
      }
    }),
);

effectTest(
  "layerBackend equals layerReference for one cluster, one feature",
  () =>
    Effect.gen(function* () {
      for (const [n, k, d] of [[50, 1, 3], [50, 4, 1], [1, 1, 1], [1, 9, 2]]) {
        const points = normalPoints("small points", n!, d!);
        const centroids = normalPoints("small centroids", k!, d!);
        assert.deepEqual(
          yield* assign(points, centroids, accelerated),
          yield* assign(points, centroids),
        );
      }
    }),
);

effectTest(
  "layerBackend on the reference Backend equals layerReference",
  () =>
    Effect.gen(function* () {
      const layer = Assigner.layerBackend.pipe(Layer.provide(layerReference));
      const points = normalPoints("interpreted", 70, 5);
      const centroids = normalPoints("interpreted centroids", 9, 5);
      assert.deepEqual(
        yield* assign(points, centroids, layer),
        yield* assign(points, centroids),
      );
    }),
);

effectTest(
  "layerBackend cuts points into blocks, which change nothing",
  () =>
    Effect.gen(function* () {
      // 4096 rows a block at most: three of 3001, the last overlapping by one.
      const points = normalPoints("blocks", 9002, 2);
      const centroids = normalPoints("blocks centroids", 5, 2);
      const { assignments } = yield* assign(points, centroids, accelerated);
      for (let i = 0; i < 9002; i++) {
        for (let c = 0; c < 5; c++) {
          const own = squaredDistance(points, i, centroids, assignments[i]!);
          assert.ok(own <= squaredDistance(points, i, centroids, c) + 1e-5);
        }
      }
    }),
);

effectTest(
  "layerBackend compiles once for all iterations of a k-means",
  () =>
    Effect.gen(function* () {
      let compiled = 0;
      const counting = Layer.effect(
        Backend,
        Effect.map(Backend, ({ compile, ...rest }) => ({
          ...rest,
          compile: (...given: Parameters<typeof compile>) => {
            compiled++;
            return compile(...given);
          },
        })),
      ).pipe(Layer.provide(layerReference));
      const points = normalPoints("compiled", 40, 2);
      yield* kmeans(points, { k: 3, iterations: 6, seed: 0 }).pipe(
        Effect.provide(Assigner.layerBackend.pipe(Layer.provide(counting))),
      );
      assert.equal(compiled, 1);
    }),
);

effectTest(
  "layerBackend serves callers of different shapes at once",
  () =>
    Effect.gen(function* () {
      const assigner = yield* Assigner;
      const cases = [[40, 3, 2], [30, 5, 4], [40, 3, 2], [20, 2, 6]].map(
        ([n, k, d], i) => ({
          points: normalPoints(`at once ${i}`, n!, d!),
          centroids: normalPoints(`centroids at once ${i}`, k!, d!),
        }),
      );
      const actual = yield* Effect.forEach(
        cases,
        ({ points, centroids }) => assigner.assign(points, centroids),
        { concurrency: "unbounded" },
      );
      for (const [i, { points, centroids }] of cases.entries()) {
        assert.deepEqual(actual[i], yield* assign(points, centroids));
      }
    }).pipe(Effect.provide(accelerated)),
);
