/**
 * What holds of whitening and k-means on every engine, small enough for a GPU
 * that the processor imitates.
 *
 * @module
 */
import { matrix, rowsOf } from "@deepcluster/core";
import { type Backend, layerOnnx } from "@deepcluster/gpu-backend";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";
import { Assigner } from "./assign/assigner.ts";
import { kmeans } from "./kmeans/kmeans.ts";
import { normalPoints, pointsBy } from "./testing.ts";
import { whitenRows } from "./whitening/apply_whitening.ts";
import { blockLanczos } from "./whitening/block_lanczos.ts";
import { fitWhitening } from "./whitening/fit_whitening.ts";
import { operatorOf } from "./whitening/products.ts";

/**
 * Registers the tests of an engine.
 *
 * @param engine Names it.
 * @param layer Opens it.
 */
export const engineTests = <E>(
  engine: string,
  layer: Layer.Layer<Backend, E>,
): void => {
  effectTest(
    `on ${engine} kmeans() is that of plain loops, to the bit`,
    () =>
      Effect.gen(function* () {
        const noise = normalPoints("engine", 600, 12);
        const means = normalPoints("engine's means", 30, 12);
        const points = pointsBy(600, 12, (i, j) =>
          means.data[i % 30 * 12 + j]! + 0.6 * noise.data[i * 12 + j]!);
        const options = { k: 25, iterations: 4, seed: 5 };
        const expected = yield* kmeans(points, options).pipe(
          Effect.provide(Assigner.layerReference),
        );
        const actual = yield* kmeans(points, options).pipe(
          Effect.provide(Assigner.layerBackend.pipe(Layer.provide(layer))),
        );
        assert.deepEqual(actual, expected);
      }),
  );

  effectTest(
    `on ${engine} whitened rows agree with the processor's to 1e-4`,
    () =>
      Effect.gen(function* () {
        const scale = normalPoints("engine's scales", 1, 20);
        const rows = rowsOf(pointsBy(400, 20, (i, j) =>
          normal.data[i * 20 + j]! * (1 + j) + 7 * scale.data[j]!));
        const whitened = Effect.flatMap(
          fitWhitening(rows, { components: 12, seed: 0 }),
          (whitening) =>
            whitenRows(rows, whitening),
        );
        const expected = yield* Effect.provide(whitened, processor);
        const actual = yield* Effect.provide(whitened, layer);
        assertClose(actual.data, expected.data, 1e-4);
      }),
  );

  effectTest(
    `on ${engine} blockLanczos() finds the processor's values to 1e-4`,
    () =>
      Effect.gen(function* () {
        const d = 100;
        const covariance = matrix(d, d);
        for (let i = 0; i < 80; i++) {
          for (let at = 0; at < d * d; at++) {
            const [a, b] = [Math.floor(at / d), at % d];
            covariance.data[at]! += normal.data[i * d + a]! *
              normal.data[i * d + b]!;
          }
        }
        const solved = blockLanczos(operatorOf(covariance), 6, 0);
        const expected = yield* Effect.provide(solved, processor);
        const actual = yield* Effect.provide(solved, layer);
        assertClose(actual.values, expected.values, 1e-4);
      }),
  );
};

const processor = layerOnnx({ provider: "cpu", threads: 2 });

const normal = normalPoints("engine's normal numbers", 400, 20);
