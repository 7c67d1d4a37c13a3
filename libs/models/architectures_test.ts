import type { Shape } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { type } from "arktype";
import { Effect } from "effect";
import { readFileSync } from "node:fs";
import { alexnet } from "./alexnet.ts";
import { featuresGraph } from "./features_graph.ts";
import {
  featureLayer,
  layersOf,
  type Network,
  outputShapes,
} from "./network.ts";
import { parameterShapes, trainable } from "./parameters.ts";
import { small } from "./small.ts";
import { vgg16 } from "./vgg16.ts";
import assert from "node:assert/strict";

const Shapes = type({ "[string]": "number[]" });
const Twins = type({
  network: "'alexnet' | 'vgg16'",
  sobel: "boolean",
  size: "number",
  clusters: "number",
  parameters: Shapes,
  count: "number",
  trainable: "string[]",
  outputs: Shapes,
}).array();

/** What PyTorch says of the authors' networks: fixtures/make_architectures.py. */
const twins = Twins.assert(
  JSON.parse(
    readFileSync(new URL("fixtures/architectures.json", import.meta.url), {
      encoding: "utf8",
    }),
  ),
);
const builders = { alexnet, vgg16 };

const shapesOf = (network: Network, clusters?: number) =>
  Object.entries(parameterShapes(network, clusters)).map((
    [name, { shape }],
  ): [string, Shape] => [name, shape]);

const product = (shape: Shape) => shape.reduce((a, b) => a * b, 1);

for (const twin of twins) {
  const title = `${twin.network} ${twin.sobel ? "Sobel" : "RGB"} ${twin.size}`;

  effectTest(
    `${title} has the names, order, shapes and count of PyTorch's parameters`,
    () =>
      Effect.gen(function* () {
        const network = yield* builders[twin.network](twin);
        const shapes = shapesOf(network, twin.clusters);
        assert.deepEqual(shapes, Object.entries(twin.parameters));
        const counted = Object.entries(parameterShapes(network, twin.clusters))
          .filter(([, { role }]) => !role.startsWith("running"));
        assert.equal(
          counted.reduce((sum, [, { shape }]) => sum + product(shape), 0),
          twin.count,
        );
      }),
  );

  effectTest(
    `${title} trains what PyTorch trains`,
    () =>
      Effect.gen(function* () {
        const network = yield* builders[twin.network](twin);
        assert.deepEqual([
          ...trainable(network),
          "top_layer.weight",
          "top_layer.bias",
        ], twin.trainable);
      }),
  );

  effectTest(
    `${title} has the output shapes of PyTorch's layers, in its graph too`,
    () =>
      Effect.gen(function* () {
        const network = yield* builders[twin.network](twin);
        const { flatten, ...shapes } = outputShapes(network, 2);
        assert.equal(flatten?.length, 2);
        const { top_layer, ...expected } = twin.outputs;
        assert.deepEqual(top_layer, [2, twin.clusters]);
        assert.deepEqual(shapes, expected);
        const names = Object.keys(shapes);
        const graph = yield* featuresGraph(network, 2, names);
        for (const name of names) {
          assert.deepEqual(graph.outputs[name]?.shape, expected[name], name);
        }
      }),
  );
}

effectTest(
  "alexnet() and vgg16() cluster the fully connected layer before its ReLU",
  () =>
    Effect.gen(function* () {
      const networks = [
        yield* alexnet({ sobel: true }),
        yield* vgg16({ sobel: true }),
        yield* small({ sobel: true, units: [128, 64] }),
      ];
      assert.deepEqual(
        networks.map((network) => [featureLayer(network), network.featureSize]),
        [["classifier.4", 4096], ["classifier.3", 4096], ["classifier.4", 64]],
      );
      for (const network of networks) {
        assert.equal(layersOf(network).at(-1)?.type, "relu");
      }
    }),
);

effectTest(
  "alexnet() drops before both linear layers, vgg16() between them",
  () =>
    Effect.gen(function* () {
      const types = (network: Network) =>
        network.classifier.map(({ type }) => type);
      assert.deepEqual(
        types(yield* alexnet({ sobel: true })),
        ["flatten", "dropout", "linear", "relu", "dropout", "linear", "relu"],
      );
      assert.deepEqual(
        types(yield* vgg16({ sobel: true })),
        ["flatten", "linear", "relu", "dropout", "linear", "relu"],
      );
    }),
);

effectTest(
  "small() has one block a number of channels, at any size up to 96",
  () =>
    Effect.gen(function* () {
      for (const size of [16, 32, 50, 64, 96]) {
        const network = yield* small({
          sobel: false,
          size,
          channels: [8, 12, 20, 4],
          units: [30, 10],
        });
        const shapes = outputShapes(network, 3);
        const side = Math.floor(size / 16);
        assert.deepEqual(shapes["features.15"], [3, 4, side, side]);
        assert.deepEqual(shapes["classifier.5"], [3, 10]);
        yield* featuresGraph(network, 3);
      }
    }),
);

effectTest(
  "each network fails with ImageTooSmallError just below its smallest size",
  () =>
    Effect.gen(function* () {
      const cases = [["alexnet", alexnet, 63], ["vgg16", vgg16, 32], [
        "small",
        small,
        16,
      ]] as const;
      for (const [name, build, minimum] of cases) {
        yield* build({ sobel: true, size: minimum });
        const size = minimum - 1;
        const error = yield* Effect.flip(build({ sobel: true, size }));
        assert.equal(
          error.message,
          `Cannot build ${name} as size must be >= ${minimum}: ` +
            `current value is size=${size}`,
        );
      }
    }),
);

effectTest(
  "networks refuse options that break their rules, naming the option",
  () =>
    Effect.gen(function* () {
      const refused = [
        [alexnet({ sobel: true, size: 70.5 }), "size", "70.5"],
        [vgg16({ sobel: true, dropout: 1 }), "dropout", "1"],
        [vgg16({ sobel: true, dropout: Number.NaN }), "dropout", "NaN"],
        [alexnet({ sobel: true, width: 1 / 64 }), "width", "0.015625"],
        [alexnet({ sobel: true, width: 0 }), "width", "0"],
        [small({ sobel: true, units: [] }), "units", "[]"],
        [small({ sobel: true, channels: [8, 0] }), "channels", "[8, 0]"],
        [small({ sobel: true, units: [5], width: 0.5 }), "width", "0.5"],
      ] as const;
      for (const [build, option, value] of refused) {
        const error = yield* Effect.flip(build);
        assert.equal(error._tag, "NetworkOptionError");
        assert.match(error.message, new RegExp(`as ${option} must be`));
        assert.ok(
          error.message.endsWith(`current value is ${option}=${value}`),
        );
      }
    }),
);

effectTest(
  "featuresGraph() fails with UnknownLayerError, naming the layers there are",
  () =>
    Effect.gen(function* () {
      const network = yield* small({ sobel: false, channels: [2], units: [3] });
      const error = yield* Effect.flip(featuresGraph(network, 1, ["fc6"]));
      assert.equal(
        error.message,
        "Cannot read a layer of small as it must be one of features.0, " +
          "features.1, features.2, features.3, flatten, classifier.0, " +
          "classifier.1, classifier.2: current value is layer=fc6",
      );
    }),
);
