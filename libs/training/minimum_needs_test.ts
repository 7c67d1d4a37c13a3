import { small } from "@deepcluster/models";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { parseConfiguration } from "@deepcluster/runs";
import { minimumNeeds } from "./minimum_needs.ts";

effectTest(
  "minimumNeeds() counts parameters, momenta, features and reduced features",
  () =>
    Effect.gen(function* () {
      const settings = { images: "/a", pca: 64, maxUnreadableShare: 0 };
      const configuration = yield* parseConfiguration(settings, "test");
      const network = yield* small({
        sobel: false,
        size: 16,
        channels: [4],
        units: [8],
      });
      // A convolution 3 x 3 with a bias, batch normalisation, 8 units.
      const parameters = 4 * 3 * 9 + 2 * 4 + 8 * (4 * 8 * 8) + 8;
      assert.deepEqual(minimumNeeds(configuration, 1000, network), {
        memoryBytes: 4 * (2 * parameters + 1000 * 8),
        diskBytes: 4 * 1000 * (8 + 8),
      });
      // PCA keeps fewer dimensions than there are images.
      assert.equal(minimumNeeds(configuration, 5, network).diskBytes, 240);
    }),
);
