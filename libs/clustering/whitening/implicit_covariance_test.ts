import { type Matrix, rowsOf } from "@deepcluster/core";
import { layerOnnx, layerReference } from "@deepcluster/gpu-backend";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";
import { normalPoints, pointsBy } from "../testing.ts";
import { blocksOf } from "./blocks.ts";
import { centreOf } from "./centre.ts";
import { covarianceOf } from "./covariance.ts";
import { implicitCovariance, savesCovariance } from "./implicit_covariance.ts";

const onnx = Layer.orDie(layerOnnx({ provider: "cpu", threads: 2 }));

/** Features far from 0 and from 1. */
const shifted = (n: number, d: number): Matrix => {
  const normal = normalPoints("shifted", n, d);
  return pointsBy(n, d, (i, j) => 300 + 40 * normal.data[i * d + j]!);
};

effectTest(
  "implicitCovariance() gives the products of the covariance, at first without it",
  () =>
    Effect.gen(function* () {
      // 2 blocks of 8192 rows, some of them not there; 8 of 12 features' cost.
      const [n, d, count] = [8192 + 50, 12, 1];
      const points = shifted(n, d);
      const rows = rowsOf(points);
      let reads = 0;
      const counted = {
        ...rows,
        read: (start: number, count: number) => {
          reads++;
          return rows.read(start, count);
        },
      };
      const centre = yield* centreOf(rows);
      const covariance = yield* covarianceOf(rows, centre);
      const product = yield* implicitCovariance(counted, centre).compile(count);
      const vectors = normalPoints("vectors", count, d);
      const expected = Array.from({ length: d }, (_, j) =>
        vectors.data.reduce(
          (sum, value, e) => sum + value * covariance[e * d + j]!,
          0,
        ));
      const readsOfOneProduct: number[] = [];
      for (let i = 0; i < 5; i++) {
        const before = reads;
        assertClose((yield* product(vectors)).data, expected, 1e-5);
        readsOfOneProduct.push((reads - before) / blocksOf(rows).length);
      }
      // The fourth would take more operations than the covariance.
      assert.deepEqual(readsOfOneProduct, [1, 1, 1, 1, 0]);
    }).pipe(Effect.scoped, Effect.provide(onnx)),
);

effectTest(
  "centreOf() finds the variance of features far from 0",
  () =>
    Effect.gen(function* () {
      const rows = rowsOf(shifted(103, 7));
      const centre = yield* centreOf(rows);
      const covariance = yield* covarianceOf(rows, centre).pipe(
        Effect.provide(layerReference),
      );
      let trace = 0;
      for (let j = 0; j < 7; j++) trace += covariance[j * 8]!;
      assertClose([centre.variance], [trace], 1e-6);
    }).pipe(Effect.scoped),
);

effectTest(
  "savesCovariance() is for few vectors, features in memory and usual scales",
  () =>
    Effect.sync(() => {
      const saves = (n: number, d: number, products: number, scale = 1) =>
        savesCovariance({ rows: n, columns: d }, { scale }, products);
      assert.ok(saves(20_000, 4096, 576));
      assert.ok(!saves(20_000, 1024, 576));
      assert.ok(!saves(1_300_000, 4096, 576));
      assert.ok(!saves(20_000, 4096, 576, 2 ** 80));
      assert.ok(!saves(20_000, 4096, 576, 2 ** -80));
    }),
);
