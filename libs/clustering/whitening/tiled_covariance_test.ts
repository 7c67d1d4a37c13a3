import { matrix, row, rowsOf } from "@deepcluster/core";
import { layerOnnx } from "@deepcluster/gpu-backend";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";
import { normalPoints } from "../testing.ts";
import { centreOf } from "./centre.ts";
import { tiledCovarianceOf } from "./tiled_covariance.ts";

const onnx = Layer.orDie(layerOnnx({ provider: "cpu", threads: 2 }));

effectTest(
  "tiledCovarianceOf() equals plain loops in double, and its transpose",
  () =>
    Effect.gen(function* () {
      // 2 panels of 261 features, 1 more than there are; 2 blocks of 4097 rows,
      // 1 more than there are.
      const [n, d, distinct] = [8193, 521, 31];
      const some = normalPoints("tiles", distinct, d);
      const points = matrix(n, d);
      for (let i = 0; i < n; i++) {
        row(points, i).set(row(some, i % distinct));
      }
      const rows = rowsOf(points);
      const centre = yield* centreOf(rows);
      const { data } = yield* tiledCovarianceOf(rows, centre);
      for (
        const [a, b] of [[0, 0], [5, 260], [261, 3], [262, 520]] as const
      ) {
        let sum = 0;
        for (let i = 0; i < n; i++) {
          const point = row(points, i);
          sum += (point[a]! - centre.mean[a]!) * (point[b]! - centre.mean[b]!);
        }
        const expected = sum / (n - 1) * centre.scale ** 2;
        assertClose([data[a * d + b]!], [expected], 1e-5);
        assert.equal(data[b * d + a], data[a * d + b]);
      }
    }).pipe(Effect.scoped, Effect.provide(onnx)),
);
