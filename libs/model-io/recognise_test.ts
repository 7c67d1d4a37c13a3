import {
  alexnet,
  type Network,
  parameterShapes,
  small,
  vgg16,
} from "@deepcluster/models";
import { effectTest } from "@deepcluster/test";
import { type } from "arktype";
import { Effect } from "effect";
import { readFileSync } from "node:fs";
import { type NamedShapes, recognise } from "./recognise.ts";
import assert from "node:assert/strict";

const Twins = type({
  network: "string",
  sobel: "boolean",
  size: "number",
  clusters: "number",
  parameters: { "[string]": "number[]" },
}).array();

/** What PyTorch says of the authors' networks: fixtures/make_architectures.py. */
const twins = Twins.assert(
  JSON.parse(
    readFileSync(
      new URL("../models/fixtures/architectures.json", import.meta.url),
      {
        encoding: "utf8",
      },
    ),
  ),
);

const shapesOf = (network: Network, clusters?: number): NamedShapes =>
  Object.fromEntries(
    Object.entries(parameterShapes(network, clusters))
      .map(([name, { shape }]) => [name, shape]),
  );

const refusal = (shapes: NamedShapes, size?: number) =>
  Effect.map(Effect.flip(recognise(shapes, size)), ({ message }) => message);

for (const twin of twins) {
  effectTest(
    `recognise() tells ${twin.network} at ${twin.size} from PyTorch's ` +
      `${twin.sobel ? "Sobel" : "RGB"} parameters`,
    () =>
      Effect.gen(function* () {
        const { network, clusters, sizes } = yield* recognise(twin.parameters);
        assert.equal(network.name, twin.network);
        assert.equal(network.sobel, twin.sobel);
        assert.equal(clusters, twin.clusters);
        assert.ok(sizes[0] <= twin.size && twin.size <= sizes[1]);
        const told = yield* recognise(twin.parameters, twin.size);
        assert.equal(told.network.input.size, twin.size);
      }),
  );
}

effectTest(
  "recognise() gives back the network whose parameters it is given",
  () =>
    Effect.gen(function* () {
      const networks = [
        yield* alexnet({ sobel: true }),
        yield* alexnet({ sobel: false, size: 96, width: 1 / 32 }),
        yield* vgg16({ sobel: true, width: 3 / 64, size: 64 }),
        yield* small({ sobel: false }),
        yield* small({ sobel: true, size: 64, channels: [3], units: [5, 7] }),
        yield* small({ sobel: false, channels: [8, 4, 4, 5] }),
      ];
      for (const network of networks) {
        const found = yield* recognise(shapesOf(network));
        assert.deepEqual(found.network, network);
        assert.equal(found.clusters, undefined);
      }
    }),
);

effectTest(
  "recognise() takes 224 when it fits, else a multiple of 32, else the smallest",
  () =>
    Effect.gen(function* () {
      const chosen = [[254, 224, 223, 254], [300, 288, 287, 318], [
        64,
        64,
        63,
        94,
      ]];
      for (const [size, expected, min, max] of chosen) {
        const network = yield* alexnet({ sobel: true, size: size! });
        const found = yield* recognise(shapesOf(network));
        assert.equal(found.network.input.size, expected);
        assert.deepEqual(found.sizes, [min, max]);
      }
      const network = yield* small({ sobel: true, size: 20 });
      const { network: { input } } = yield* recognise(shapesOf(network));
      assert.equal(input.size, 16);
    }),
);

effectTest(
  "recognise() names the first parameters that are missing, unknown or other",
  () =>
    Effect.gen(function* () {
      const network = yield* alexnet({ sobel: true, width: 1 / 32 });
      const { "features.1.bias": _, ...shapes } = shapesOf(network, 7);
      assert.equal(
        yield* refusal({
          ...shapes,
          "features.1.running_mean": [4],
          "top_layer.bias": [6],
          a: [],
          b: [],
          c: [],
          d: [1],
        }),
        "Cannot recognise a model as parameters must be those of alexnet: " +
          "missing features.1.bias; unknown a, b, c and 1 more; of another " +
          "shape features.1.running_mean [4] for [3], top_layer.bias [6] " +
          "for [7]",
      );
    }),
);

effectTest(
  "recognise() refuses what is no network of ours, saying why",
  () =>
    Effect.gen(function* () {
      const shapes = shapesOf(yield* alexnet({ sobel: true, width: 1 / 32 }));
      assert.equal(
        yield* refusal({ "conv1.weight": [64, 3, 7, 7], "fc.bias": [9] }),
        "Cannot recognise a model as features.0.weight must have shape " +
          "[filters, 2 or 3, k, k]: it is absent; there are conv1.weight, " +
          "fc.bias",
      );
      assert.match(yield* refusal({}), /: no tensors$/);
      assert.match(
        yield* refusal({ "features.0.weight": [64, 3, 11, 11] }),
        /layers must be those of a network: Cannot build alexnet as width/,
      );
      assert.match(
        yield* refusal({ ...shapes, "classifier.1.weight": [128, 100] }),
        /classifier.1.weight must have 8 columns for every value .*: \[128,100\]/,
      );
      assert.match(
        yield* refusal(shapes, 96),
        /size must be from 223 to 254: current value is size=96$/,
      );
    }),
);
