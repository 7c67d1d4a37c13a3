import { floatTensor } from "@deepcluster/core";
import {
  averagePool,
  averagePoolGradient,
  graphOf,
  input,
  maxPool,
  maxPoolGradient,
} from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { Backend } from "../backend.ts";
import { equalsReferenceTest, layerTested, type Maker } from "../testing.ts";

const randomPooling = ({ between }: Maker) => {
  const kernel = [between(1, 4), between(1, 4)] as const;
  const padding = kernel.map((size) => between(0, Math.floor(size / 2)));
  const shape = [
    between(1, 3),
    between(1, 3),
    ...kernel.map((size) => size + between(0, 6)),
  ];
  const geometry = {
    kernel,
    stride: [between(1, 5), between(1, 5)] as const,
    padding: [padding[0]!, padding[1]!] as const,
  };
  return { geometry, shape };
};

equalsReferenceTest(
  "max-pooling of any geometry, its first maxima and its gradient equal the " +
    "reference's",
  25,
  (maker) =>
    Effect.gen(function* () {
      const { geometry, shape } = randomPooling(maker);
      const x = maker.floats("x", shape, Math.round);
      const y = yield* maxPool(x, geometry);
      const dy = maker.floats("dy", y.shape);
      return {
        y,
        dx: yield* maxPoolGradient(x, dy, geometry),
        again: yield* maxPoolGradient(x, y, geometry),
      };
    }),
);

equalsReferenceTest(
  "average-pooling of any geometry and its gradient equal the reference's",
  25,
  (maker) =>
    Effect.gen(function* () {
      const { geometry, shape } = randomPooling(maker);
      const x = maker.floats("x", shape);
      const y = yield* averagePool(x, geometry);
      const dy = maker.floats("dy", y.shape);
      return { y, dx: yield* averagePoolGradient(dy, shape, geometry) };
    }),
);

equalsReferenceTest(
  "average-pooling by tiles and its gradient equal the reference's",
  8,
  ({ between, floats }) =>
    Effect.gen(function* () {
      const kernel = [between(1, 3), between(1, 3)] as const;
      const shape = [
        2,
        3,
        kernel[0] + between(0, 4),
        kernel[1] + between(0, 4),
      ];
      const y = yield* averagePool(floats("x", shape), { kernel });
      const dy = floats("dy", y.shape);
      return { y, dx: yield* averagePoolGradient(dy, shape, { kernel }) };
    }),
);

effectTest(
  "NaN everywhere comes out of max-pooling and stops no gradient",
  () =>
    Effect.gen(function* () {
      const x = yield* input("x", [1, 1, 1, 5]);
      const pooling = { kernel: [1, 3], stride: 1 } as const;
      const y = yield* maxPool(x, pooling);
      const graph = yield* graphOf({
        y,
        dx: yield* maxPoolGradient(x, y, pooling),
      });
      const backend = yield* Backend;
      const { run } = yield* backend.compile(graph, {});
      const outputs = yield* run({
        x: floatTensor(x.shape, new Float32Array(5).fill(NaN)),
      });
      assert.ok(outputs["y"]!.data.every((value) => Number.isNaN(value)));
      assert.ok(Number.isNaN(outputs["dx"]!.data[0]));
    }).pipe(Effect.provide(layerTested)),
);
