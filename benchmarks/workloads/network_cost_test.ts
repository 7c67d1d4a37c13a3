import { alexnet, small, vgg16 } from "@deepcluster/models";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { forwardOperations, stepOperations } from "./network_cost.ts";
import assert from "node:assert/strict";

effectTest(
  "forwardOperations() counts what is known of the networks",
  () =>
    Effect.gen(function* () {
      // 15.47 GMACs of the 13 convolutions and two layers of VGG-16 on RGB.
      const vgg = yield* vgg16({ sobel: false });
      assert.equal((forwardOperations(vgg, 1) / 2e9).toFixed(2), "15.47");
      // AlexNet without groups: 0.11 + 0.45 + 0.15 + 0.22 + 0.15 + 0.05 GMACs.
      const net = yield* alexnet({ sobel: false });
      assert.equal((forwardOperations(net, 1) / 2e9).toFixed(2), "1.13");
    }),
);

effectTest(
  "forwardOperations() grows with the batch",
  () =>
    Effect.gen(function* () {
      const net = yield* small({ sobel: true });
      assert.equal(forwardOperations(net, 7), 7 * forwardOperations(net, 1));
    }),
);

effectTest(
  "stepOperations() is worked by hand for two layers",
  () =>
    Effect.gen(function* () {
      const net = yield* small({
        sobel: false,
        size: 2,
        channels: [4],
        units: [5],
      });
      const convolution = 2 * 4 * 4 * (3 * 9);
      const linear = 2 * 5 * 4;
      const head = 2 * 5 * 6;
      assert.equal(forwardOperations(net, 1), convolution + linear);
      assert.equal(
        stepOperations(net, 1, 6),
        2 * convolution + 3 * (linear + head),
      );
    }),
);
