import { type Matrix, matrix, row, rowsOf } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { applyWhitening, whitenRows } from "./apply_whitening.ts";
import { assertWhite, normalPoints, pointsBy } from "../testing.ts";
import {
  fitWhitening,
  type Whitening,
  type WhiteningOptions,
} from "./fit_whitening.ts";

const fit = (points: Matrix, options: Partial<WhiteningOptions> = {}) =>
  fitWhitening(rowsOf(points), { seed: 0, ...options }).pipe(
    Effect.provide(layerReference),
  );

const apply = (points: Matrix, whitening: Whitening) =>
  applyWhitening(rowsOf(points), whitening).pipe(
    Effect.provide(layerReference),
  );

effectTest(
  "fitWhitening() drops constant and repeated features",
  () =>
    Effect.gen(function* () {
      const normal = normalPoints("dependent", 200, 3);
      const points = pointsBy(200, 6, (i, j) => {
        const [a, b, c] = row(normal, i);
        return [a!, b!, 0.1, c!, a!, Math.fround(b! + c!)][j]!;
      });
      const whitening = yield* fit(points);
      assert.equal(whitening.projection.columns, 3);
      assert.equal(whitening.eigenvalues.length, 3);
      assertClose([whitening.explainedFraction], [1], 1e-5);
      assertWhite(yield* apply(points, whitening));
    }),
);

effectTest(
  "fitWhitening() keeps n - 1 components of n points",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("few points", 7, 30);
      const whitening = yield* fit(points);
      assert.equal(whitening.projection.columns, 6);
      assertWhite(yield* apply(points, whitening));
    }),
);

effectTest(
  "fitWhitening() keeps as many directions as duplicates span",
  () =>
    Effect.gen(function* () {
      const distinct = normalPoints("distinct", 4, 10);
      const points = pointsBy(100, 10, (i, j) => row(distinct, i % 4)[j]!);
      const whitening = yield* fit(points);
      assert.equal(whitening.projection.columns, 3);
      assertWhite(yield* apply(points, whitening));
    }),
);

effectTest(
  "fitWhitening() keeps at most `components` components",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("asked", 100, 8);
      const all = yield* fit(points);
      const some = yield* fit(points, { components: 3 });
      assert.equal(some.projection.columns, 3);
      assertClose(some.eigenvalues, all.eigenvalues.slice(0, 3), 1e-5);
      assert.ok(some.explainedFraction < all.explainedFraction);
    }),
);

effectTest(
  "fitWhitening() never explains more than the whole variance",
  () =>
    Effect.gen(function* () {
      for (let seed = 0; seed < 8; seed++) {
        const [factors, line] = [
          normalPoints(`along a line ${seed}`, 50, 1),
          normalPoints(`the line ${seed}`, 1, 20),
        ];
        const { explainedFraction } = yield* fit(
          pointsBy(50, 20, (i, j) => factors.data[i]! * line.data[j]!),
        );
        assert.ok(explainedFraction <= 1 && explainedFraction > 1 - 1e-6);
      }
    }),
);

effectTest(
  "fitWhitening() works on one feature",
  () =>
    Effect.gen(function* () {
      const points = matrix(3, 1, Float32Array.of(1, 2, 3));
      const whitening = yield* fit(points);
      assertClose(whitening.eigenvalues, [1], 1e-6);
      assertClose((yield* apply(points, whitening)).data, [-1, 0, 1], 1e-6);
    }),
);

effectTest(
  "fitWhitening() does not mind the scale of the features",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("scale", 60, 4);
      const { eigenvalues } = yield* fit(points);
      for (const factor of [2 ** -80, 2 ** 80]) {
        const scaled = matrix(60, 4, points.data.map((x) => x * factor));
        const found = yield* fit(scaled);
        assertClose(
          found.eigenvalues.map((value) => value / factor ** 2),
          eigenvalues,
          1e-5,
        );
        assertWhite(yield* apply(scaled, found));
      }
    }),
);

effectTest(
  "fitWhitening() fails with ConstantFeaturesError when nothing varies",
  () =>
    Effect.gen(function* () {
      for (const n of [1, 5]) {
        const error = yield* Effect.flip(fit(pointsBy(n, 3, () => 0.1)));
        assert.equal(
          error.message,
          "Cannot whiten features as at least two points must differ: all " +
            `${n} points are equal`,
        );
      }
    }),
);

effectTest(
  "fitWhitening() names the first feature that is not finite",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("bad block", 8192 + 5, 2);
      points.data[2 * 8194 + 1] = -Infinity;
      const error = yield* Effect.flip(fit(points));
      assert.equal(
        error.message,
        "Cannot whiten as features must be finite: current values are " +
          "row=8194, column=1, value=-Infinity",
      );
    }),
);

effectTest(
  "fitWhitening() refuses options that break their rules",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("options", 6, 4);
      const error = yield* Effect.flip(fit(points, { components: 0 }));
      assert.equal(
        error.message,
        "Cannot whiten as components must be an integer >= 1: " +
          "current value is components=0",
      );
      const none = yield* Effect.flip(fit(matrix(0, 4)));
      assert.equal(
        none.message,
        "Cannot whiten as points must be an integer >= 1: " +
          "current value is points=0",
      );
    }),
);

effectTest(
  "fitWhitening() passes on the error of reading",
  () =>
    Effect.gen(function* () {
      const rows = {
        rows: 3,
        columns: 2,
        read: () => Effect.fail("disk on fire" as const),
      };
      const failing = fitWhitening(rows, { seed: 0 }).pipe(
        Effect.provide(layerReference),
      );
      assert.equal(yield* Effect.flip(failing), "disk on fire");
    }),
);

effectTest(
  "fitWhitening() reads features in blocks, which change nothing",
  () =>
    Effect.gen(function* () {
      // 8192 rows a block at most.
      const points = normalPoints("blocks", 8192 + 500, 2);
      points.data.forEach((value, at) => {
        points.data[at] = value + 5;
      });
      const counts: number[] = [];
      const rows = rowsOf(points);
      const whitening = yield* fitWhitening({
        ...rows,
        read: (start, count) => {
          counts.push(count);
          return rows.read(start, count);
        },
      }, { seed: 0 }).pipe(Effect.provide(layerReference));
      assert.deepEqual(counts, [8192, 500, 8192, 500, 8192, 500]);
      assertWhite(yield* apply(points, whitening));
    }),
);

effectTest(
  "fitWhitening() does not write to its features",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("untouched", 30, 3);
      const before = structuredClone(points);
      yield* whitenRows(rowsOf(points), yield* fit(points)).pipe(
        Effect.provide(layerReference),
      );
      assert.deepEqual(points, before);
    }),
);
