import { type Matrix, matrix, row, rowsOf } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import fixture from "./fixtures/whitening.json" with { type: "json" };
import { applyWhitening, whitenRows } from "./apply_whitening.ts";
import { normalPoints, pointsBy } from "../testing.ts";
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
  "whitenRows() gives the rows that faiss gives, up to signs",
  () =>
    Effect.gen(function* () {
      const { components, faissReduced } = fixture;
      const whitening = yield* fit(fixturePoints(), { components });
      const found = yield* whitenRows(rowsOf(fixturePoints()), whitening).pipe(
        Effect.provide(layerReference),
      );
      assertClose(
        found.data.map(Math.abs),
        faissReduced.map(Math.abs),
        1e-3,
      );
    }),
);

effectTest(
  "whitenRows() scales rows to length 1, and leaves the mean at 0",
  () =>
    Effect.gen(function* () {
      const points = normalPoints("lengths", 40, 5);
      const whitening = yield* fit(points);
      const more = matrix(3, 5);
      more.data.set(points.data.subarray(0, 5));
      more.data.set(whitening.mean, 5);
      more.data.set(points.data.subarray(5, 10), 10);
      const reduced = yield* whitenRows(rowsOf(more), whitening).pipe(
        Effect.provide(layerReference),
      );
      const lengths = [0, 1, 2].map((i) => Math.hypot(...row(reduced, i)));
      assertClose(lengths, [1, 0, 1], 1e-6);
      assert.deepEqual([...row(reduced, 1)], [0, 0, 0, 0, 0]);
    }),
);

effectTest(
  "whitenRows() refuses other features and those that are not finite",
  () =>
    Effect.gen(function* () {
      const whitening = yield* fit(normalPoints("of five", 40, 5));
      const messageOf = (points: Matrix) =>
        Effect.map(Effect.flip(apply(points, whitening)), String);
      assert.equal(
        yield* messageOf(normalPoints("of four", 40, 4)),
        "OptionError: Cannot whiten as features must be 5, as in the " +
          "whitening: current value is features=4",
      );
      assert.equal(
        yield* messageOf(pointsBy(2, 5, (i, j) => i * j === 4 ? NaN : 0)),
        "NonFiniteFeatureError: Cannot whiten as features must be finite: " +
          "current values are row=1, column=4, value=NaN",
      );
      const none = yield* apply(matrix(0, 5), whitening);
      assert.deepEqual([none.rows, none.columns], [0, 5]);
    }),
);

const fixturePoints = (): Matrix =>
  matrix(fixture.rows, fixture.columns, Float32Array.from(fixture.points));
