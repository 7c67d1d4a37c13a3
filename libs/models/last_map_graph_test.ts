import { layerReference } from "@deepcluster/gpu-backend";
import { Backend } from "@deepcluster/gpu-backend";
import { floatTensor } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { alexnet } from "./alexnet.ts";
import { featuresGraph } from "./features_graph.ts";
import { initialise } from "./initialise.ts";
import { lastMapGraph, lastMapShape } from "./last_map_graph.ts";
import { small } from "./small.ts";
import { vgg16 } from "./vgg16.ts";

effectTest(
  "lastMapShape() is a sixteenth of the picture for AlexNet and VGG-16",
  () =>
    Effect.gen(function* () {
      const alex = yield* alexnet({ sobel: true });
      const vgg = yield* vgg16({ sobel: true });
      assert.deepEqual(lastMapShape(vgg, 768, 1024), [512, 48, 64]);
      assert.deepEqual(lastMapShape(alex, 31, 40), [256, 1, 1]);
      assert.equal(lastMapShape(alex, 30, 40)[1], 0);
    }),
);

effectTest(
  "lastMapGraph() gives the map that the features are pooled from",
  () =>
    Effect.gen(function* () {
      const network = yield* small({
        sobel: true,
        size: 16,
        channels: [4, 6],
        units: [3],
      });
      const parameters = initialise(network, 1);
      const pixels = Float32Array.from(
        { length: 3 * 256 },
        (_, i) => Math.sin(i),
      );
      const images = floatTensor([1, 3, 16, 16], pixels);
      const { compile } = yield* Backend;
      const map = yield* lastMapGraph(network, 16, 16);
      assert.deepEqual(map.outputs["map"]?.shape, [1, 6, 8, 8]);
      const some = Object.fromEntries(
        Object.keys(map.state).map((name) => [name, parameters[name]!]),
      );
      assert.ok(
        !Object.keys(some).some((name) => name.startsWith("classifier")),
      );
      const found = yield* (yield* compile(map, some)).run({ image: images });
      const whole = yield* featuresGraph(network, 1, ["features.6"]);
      const expected = yield* (yield* compile(whole, parameters)).run({
        images,
      });
      assert.deepEqual(found["map"]!.data, expected["features.6"]!.data);
    }).pipe(Effect.provide(layerReference)),
);
