import { draws, type Matrix, row, type Tensors } from "@deepcluster/core";
import { Backend, layerOnnx } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { roundingFloats, toBits } from "@deepcluster/test/engines";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";
import { Assigner } from "./assigner.ts";
import { gridOf, openBestScorer } from "./best_scorer.ts";
import { quantizeCentroids } from "./quantized_centroids.ts";
import { quantizePoints } from "./quantized_points.ts";
import { asOnGpu, normalPoints, pointsBy } from "../testing.ts";

const engine = asOnGpu(
  Layer.orDie(layerOnnx({ provider: "cpu", threads: 2 })),
);

effectTest("gridOf() wastes few columns", () =>
  Effect.sync(() => {
    assert.deepEqual(gridOf(1), [1, 1, 1, 1]);
    assert.deepEqual(gridOf(10_000), [10, 10, 10, 10]);
    for (let k = 1; k < 3000; k++) {
      const columns = gridOf(k).reduce((a, b) => a * b);
      assert.ok(columns >= k, `${k}`);
      const waste = columns / k - 1;
      assert.ok(waste < (k < 256 ? 0.3 : 0.2) || k < 16, `${k}: ${columns}`);
    }
  }));

effectTest(
  "openBestScorer() finds the two highest scores of every point",
  () =>
    Effect.gen(function* () {
      const { integer } = draws(0, "best scores");
      for (const k of [1, 2, 3, 17, 80, 257]) {
        const [n, d] = [1 + integer(600), 1 + integer(20)];
        const points = normalPoints(`best ${k}`, n, d);
        const centroids = normalPoints(`best centroids ${k}`, k, d);
        const quantized = quantizePoints(points, 8);
        const columns = quantizeCentroids(centroids, quantized.origin);
        const { score, scale } = yield* openBestScorer(
          points,
          quantized,
          centroids,
          columns,
          n,
        );
        const rows = Int32Array.from({ length: n }, (_, i) => n - 1 - i);
        const actual = yield* score(rows);
        rows.forEach((i, r) => {
          const scores = Array.from(columns.centroidOfColumn, (c) =>
            scoreOf(row(points, i), row(centroids, c), quantized.origin));
          const column = scores.indexOf(Math.max(...scores));
          const [best, second = -Infinity] = scores.toSorted((a, b) =>
            b - a
          );
          assert.equal(actual.columns[r], column, `k=${k} point ${i}`);
          assertNear(actual.best[r]! / scale ** 2, best!);
          assertNear(actual.second[r]! / scale ** 2, second);
        });
      }
    }).pipe(Effect.scoped, Effect.provide(engine)),
);

effectTest(
  "on a GPU a few floats a point come back, and few points' scores",
  () =>
    Effect.gen(function* () {
      let read = 0;
      const counting = Layer.effect(
        Backend,
        Effect.map(Backend, ({ compile, ...rest }) => ({
          ...rest,
          compile: (...given: Parameters<typeof compile>) =>
            Effect.map(compile(...given), (program) => ({
              ...program,
              run: (inputs: Tensors) =>
                Effect.tap(program.run(inputs), (outputs) =>
                  Effect.sync(() => {
                    for (const { data } of Object.values(outputs)) {
                      read += data.length;
                    }
                  })),
            })),
        })),
      ).pipe(Layer.provide(engine));
      const [n, k] = [5000, 625];
      const points = normalPoints("bytes", n, 24);
      const centroids = normalPoints("bytes too", k, 24);
      yield* assign(points, centroids).pipe(
        Effect.provide(Assigner.layerBackend.pipe(Layer.provide(counting))),
      );
      // Four axes of five floats; a tenth of the points' scores.
      assert.ok(read < 24 * n + n * k / 10, `${read / n} floats a point`);
    }),
);

effectTest(
  "an engine that rounds factors as TF32 does assigns exactly all the same",
  () =>
    Effect.gen(function* () {
      const half = normalPoints("coarse", 500, 16);
      // The mean of points and their mirror images is the origin: what is
      // rounded is then the factors of the products.
      const points = pointsBy(1000, 16, (i, j) =>
        (i % 2 ? -1 : 1) * row(half, i >> 1)[j]!);
      const centroids = normalPoints("coarse too", 300, 16);
      const exact = yield* assign(points, centroids).pipe(
        Effect.provide(Assigner.layerReference),
      );
      for (const bits of [10, 7]) {
        const coarse = Assigner.layerBackend.pipe(
          Layer.provide(roundingFloats(engine, toBits(bits))),
        );
        const actual = yield* assign(points, centroids).pipe(
          Effect.provide(coarse),
        );
        assert.deepEqual(actual, exact, `${bits} bits`);
      }
    }),
);

const assign = Effect.fnUntraced(
  function* (points: Matrix, centroids: Matrix) {
    return yield* (yield* Assigner).assign(points, centroids);
  },
);

/** The score of a centroid, both relative to the origin. */
const scoreOf = (
  point: Float32Array,
  centroid: Float32Array,
  origin: Float32Array,
): number =>
  point.reduce((sum, x, j) => {
    const c = centroid[j]! - origin[j]!;
    return sum + (x - origin[j]!) * c - c * c / 2;
  }, 0);

const assertNear = (actual: number, expected: number) =>
  assert.ok(
    actual === expected || Math.abs(actual - expected) < 1e-3,
    `${actual} against ${expected}`,
  );
