import { draws, matrix, rowsOf } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import cases from "./fixtures/trustworthiness.json" with { type: "json" };
import { trustworthiness } from "./trustworthiness.ts";

const drawn = (name: string, n: number, d: number) => {
  const { normal } = draws(1, name);
  return matrix(n, d, Float32Array.from({ length: n * d }, normal));
};

effectTest(
  "trustworthiness() is that of scikit-learn with cosine distances",
  () =>
    Effect.gen(function* () {
      for (
        const { columns, neighbours, features, positions, expected } of cases
      ) {
        const n = positions.length / 2;
        const measured = yield* trustworthiness(
          rowsOf(matrix(n, columns, Float32Array.from(features))),
          matrix(n, 2, Float32Array.from(positions)),
          { neighbours, seed: 1 },
        );
        assertClose([measured.trustworthiness], [expected], 1e-12);
        assert.equal(measured.measuredOn, n);
      }
    }).pipe(Effect.provide(layerReference)),
);

effectTest(
  "trustworthiness() of a sample is the mean of its points, each ranked " +
    "against all",
  () =>
    Effect.gen(function* () {
      const n = 50;
      const features = rowsOf(drawn("features", n, 5));
      const positions = drawn("positions", n, 2);
      const options = { neighbours: 4, seed: 3 };
      const measure = (sample: number) =>
        trustworthiness(features, positions, { ...options, sample });
      const all = yield* measure(n);
      const some = yield* measure(49);
      assert.equal(some.measuredOn, 49);
      // The one point left out is what the two differ by.
      const left = all.trustworthiness * n - some.trustworthiness * 49;
      assert.ok(left > 0 && left < 1, String(left));
      assert.deepEqual(yield* measure(49), some);
    }).pipe(Effect.provide(layerReference)),
);

effectTest(
  "trustworthiness() is 1 where the plane keeps all neighbours, also of " +
    "points that coincide",
  () =>
    Effect.gen(function* () {
      const angles = Float32Array.from({ length: 24 }, (_, i) => (i >> 1) / 20);
      const features = matrix(24, 2);
      const positions = matrix(24, 2);
      for (const [i, angle] of angles.entries()) {
        features.data.set([5 * Math.cos(angle), 5 * Math.sin(angle)], 2 * i);
        positions.data.set([angle, 0], 2 * i);
      }
      const { trustworthiness: found } = yield* trustworthiness(
        rowsOf(features),
        positions,
        { neighbours: 1, seed: 1 },
      );
      assert.equal(found, 1);
    }).pipe(Effect.provide(layerReference)),
);

effectTest(
  "trustworthiness() refuses half of the points as neighbours, other rows " +
    "and NaN",
  () =>
    Effect.gen(function* () {
      const features = rowsOf(drawn("features", 8, 3));
      const refusal = (rows: number, neighbours: number, fill?: number) => {
        const positions = drawn("positions", rows, 2);
        if (fill !== undefined) positions.data.fill(fill);
        return trustworthiness(features, positions, { neighbours, seed: 1 })
          .pipe(Effect.flip, Effect.map(({ message }) => message));
      };
      assert.match(yield* refusal(8, 4), /below half of the 8 points: .*=4/);
      assert.match(yield* refusal(7, 2), /the 8 rows of the features: .*=7/);
      assert.match(yield* refusal(8, 3, NaN), /row=0, column=0/);
    }).pipe(Effect.provide(layerReference)),
);
