import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { alexnet } from "./alexnet.ts";
import { layerNames, layerPath } from "./layer_names.ts";
import { layersOf } from "./network.ts";
import { small } from "./small.ts";
import { vgg16 } from "./vgg16.ts";
import assert from "node:assert/strict";

effectTest(
  "layerPath() finds every output by both of its names",
  () =>
    Effect.gen(function* () {
      const networks = [
        yield* alexnet({ sobel: true }),
        yield* vgg16({ sobel: false }),
        yield* small({ sobel: true }),
      ];
      for (const network of networks) {
        for (const { name, path } of layerNames(network)) {
          assert.equal(yield* layerPath(network, name), path);
        }
        for (const { name } of layersOf(network)) {
          assert.equal(yield* layerPath(network, name), name);
        }
      }
      const [network] = networks;
      assert.equal(yield* layerPath(network!, "conv5"), "features.16");
      assert.equal(yield* layerPath(network!, "fc6"), "classifier.2");
      assert.equal(yield* layerPath(network!, "features"), "classifier.4");
    }),
);

effectTest(
  "layerPath() refuses other names with both names of all layers",
  () =>
    Effect.gen(function* () {
      const network = yield* small({ sobel: false, channels: [2], units: [3] });
      for (const layer of ["conv2", "fc1", "Conv1", "features.9", ""]) {
        const { message } = yield* Effect.flip(layerPath(network, layer));
        assert.equal(
          message,
          "Cannot read a layer of small as it must be one of features.0, " +
            "features.1, conv1 (features.2), features.3, flatten, " +
            "classifier.0, features (classifier.1), fc2 (classifier.2): " +
            `current value is layer=${layer}`,
        );
      }
    }),
);
