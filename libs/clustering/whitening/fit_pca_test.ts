import { matrix, rowsOf } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { fitPca } from "./fit_pca.ts";

effectTest(
  "fitPca() finds the directions worked by hand, and their variances",
  () =>
    Effect.gen(function* () {
      // Around (1, 2): 3 along (3, 4) / 5 either way, 1 across.
      const data = Float32Array.of(2.8, 4.4, -0.8, -0.4, 0.2, 2.6, 1.8, 1.4);
      const pca = yield* fitPca(rowsOf(matrix(4, 2, data)));
      const rounded = (values: ArrayLike<number>) =>
        Array.from(values, (value) => Number(value.toFixed(5)));
      assert.deepEqual(rounded(pca.mean), [1, 2]);
      assert.deepEqual(rounded(pca.eigenvalues), [6, 0.66667]);
      assert.deepEqual(rounded(pca.vectors.data), [0.6, 0.8, 0.8, -0.6]);
    }).pipe(Effect.provide(layerReference)),
);

effectTest("fitPca() refuses a single row", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(fitPca(rowsOf(matrix(1, 2))));
    assert.equal(
      error.message,
      "Cannot fit PCA as points must be an integer >= 2: " +
        "current value is points=1",
    );
  }).pipe(Effect.provide(layerReference)));
