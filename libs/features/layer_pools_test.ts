import { alexnet, small, vgg16 } from "@deepcluster/models";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import {
  evaluatedLayers,
  mostPooled,
  pixelsLayer,
  poolFor,
} from "./layer_pools.ts";
import assert from "node:assert/strict";

effectTest(
  "evaluatedLayers() gives AlexNet the paper's windows, steps and paddings",
  () =>
    Effect.gen(function* () {
      const layers = evaluatedLayers(yield* alexnet({ sobel: true }));
      const pools = layers.slice(0, 5).map(({ pool }) => [
        pool?.kernel,
        pool?.stride,
        pool?.padding,
      ]);
      assert.deepEqual(pools, [
        [6, 6, 3],
        [4, 4, 0],
        [3, 3, 1],
        [3, 3, 1],
        [2, 2, 0],
      ]);
      assert.deepEqual(
        layers.map(({ columns }) => columns),
        [9600, 9216, 9600, 9600, 9216, 4096, 4096, 4096],
      );
    }),
);

effectTest(
  "evaluatedLayers() lists outputs of ReLUs, and of the last layer before its ReLU",
  () =>
    Effect.gen(function* () {
      const layers = evaluatedLayers(yield* alexnet({ sobel: false }));
      assert.deepEqual(
        layers.map(({ name, layerOutput }) => `${name}=${layerOutput}`),
        [
          "conv1=features.2",
          "conv2=features.6",
          "conv3=features.10",
          "conv4=features.13",
          "conv5=features.16",
          "fc6=classifier.2",
          "fc7=classifier.5",
          "features=classifier.4",
        ],
      );
    }),
);

effectTest(
  "evaluatedLayers() keeps every layer of every network within 10 000 values",
  () =>
    Effect.gen(function* () {
      const networks = [
        yield* vgg16({ sobel: true }),
        yield* small({ sobel: true }),
        yield* small({ sobel: false, size: 96 }),
        yield* alexnet({ sobel: true, size: 96 }),
      ];
      for (const network of networks) {
        for (const { name, columns } of evaluatedLayers(network)) {
          assert.ok(
            columns >= 1000 / 4 && columns <= mostPooled,
            `${network.name} ${name}: ${columns}`,
          );
        }
      }
      const names = evaluatedLayers(networks[0]!).map(({ name }) => name);
      assert.deepEqual(names.slice(11), [
        "conv12",
        "conv13",
        "fc14",
        "fc15",
        "features",
      ]);
    }),
);

effectTest(
  "poolFor() leaves small maps alone and never pools beyond one window",
  () =>
    Effect.sync(() => {
      assert.equal(poolFor(3, 32), undefined);
      assert.equal(pixelsLayer(32).columns, 3072);
      assert.equal(pixelsLayer(224).columns, 3 * 56 ** 2);
      const { kernel, padding } = poolFor(20_000, 5)!;
      assert.deepEqual([kernel, padding], [5, 0]);
    }),
);
