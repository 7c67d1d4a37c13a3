import { draws, floatTensor, matrix, rowsOf } from "@deepcluster/core";
import { Backend, layerOnnx } from "@deepcluster/gpu-backend";
import { buildGraph, input, multiply, subtract } from "@deepcluster/graph";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { scalingOf, standardised } from "./standardise.ts";
import assert from "node:assert/strict";

effectTest(
  "scalingOf() solves a case worked by hand, in blocks of one row as at once",
  () =>
    Effect.gen(function* () {
      // Columns 1 3 5 7, a constant, and one far from 0.
      const rows = rowsOf(matrix(
        4,
        3,
        Float32Array.of(1, 0.1, 1e6, 3, 0.1, 1e6, 5, 0.1, 1e6 + 1, 7, 0.1, 1e6),
      ));
      for (const memoryBytes of [1, 1000]) {
        const { mean, scale } = yield* scalingOf("scale", rows, memoryBytes);
        assertClose(mean!.data, [4, 0.1, 1e6 + 0.25], 1e-7);
        assert.equal(scale!.data[0], Math.fround(1 / Math.sqrt(5)));
        assert.equal(scale!.data[1], 0);
        assert.equal(scale!.data[2], Math.fround(1 / Math.sqrt(0.1875)));
      }
    }),
);

effectTest(
  "standardised() gives the bits of an engine, and leaves its source as it is",
  () =>
    Effect.gen(function* () {
      const [n, d] = [2500, 30];
      const { normal } = draws(5, "features");
      const data = new Float32Array(n * d).map(() => 3 + 7 * normal());
      const source = data.slice();
      const rows = rowsOf(matrix(n, d, source));
      const scaling = yield* scalingOf("scale", rows, 1000);
      const graph = yield* Effect.gen(function* () {
        const features = input("features", [n, d]);
        const mean = input("mean", [d]);
        const scale = input("scale", [d]);
        const centred = subtract(features, mean);
        const scaled = multiply(centred, scale);
        return yield* buildGraph(() => ({
          outputs: { scaled },
          state: { mean, scale },
        }));
      });
      const program = yield* (yield* Backend).compile(graph, scaling);
      const { scaled } = yield* program.run({
        features: floatTensor([n, d], data),
      });
      const found = yield* standardised("scale", rows, scaling).read(10, 2400);
      const expected = (scaled!.data as Float32Array).subarray(
        10 * d,
        2410 * d,
      );
      assert.deepEqual(found.data, expected);
      assert.deepEqual(source, data);
    }).pipe(
      Effect.scoped,
      Effect.provide(layerOnnx({ provider: "cpu", threads: 1 })),
    ),
);

effectTest(
  "scalingOf() names the row of a feature that is not finite",
  () =>
    Effect.gen(function* () {
      for (const [value, row] of [[NaN, 0], [Infinity, 5], [-Infinity, 8]]) {
        const data = Float32Array.from({ length: 18 }, (_, i) => i);
        data[2 * row! + 1] = value!;
        const rows = rowsOf(matrix(9, 2, data));
        const error = yield* Effect.flip(scalingOf("scale", rows, 40));
        assert.match(error.message, new RegExp(`row=${row}, column=1`));
      }
    }),
);

effectTest(
  "standardised() names the row of a feature that is not finite",
  () =>
    Effect.gen(function* () {
      const rows = rowsOf(matrix(3, 1, Float32Array.of(1, 2, NaN)));
      const scaling = { mean: floatTensor([1]), scale: floatTensor([1]) };
      const error = yield* Effect.flip(
        standardised("scale", rows, scaling).read(1, 2),
      );
      assert.match(error.message, /row=2, column=0/);
    }),
);
