import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { dimensionsWarning, maxDimensions } from "./dimensions.ts";

effectTest(
  "maxDimensions() is one less than the points, or what features or user have",
  () =>
    Effect.sync(() => {
      assert.equal(maxDimensions(90, 4096, 256), 89);
      assert.equal(maxDimensions(9000, 64, 256), 64);
      assert.equal(maxDimensions(9000, 4096, 12), 12);
      assert.equal(maxDimensions(1, 4096, 256), 1);
    }),
);

effectTest(
  "dimensionsWarning() tells the dimensions that there are and how many to ask for",
  () =>
    Effect.sync(() => {
      assert.equal(
        dimensionsWarning(90, 4096, 256),
        "PCA keeps 89 of 256 dimensions of 90 images: with fewer than 10 " +
          "images a dimension they are mostly noise, which hides clusters; " +
          "use --pca 9 or lower",
      );
      assert.match(
        dimensionsWarning(600, 4096, 64)!,
        /^PCA keeps 64 dimensions of 600 images: .* --pca 60 or lower$/,
      );
      assert.match(dimensionsWarning(12, 4096, 64)!, /; use more images$/);
    }),
);

effectTest(
  "dimensionsWarning() says nothing from ten images a dimension on",
  () =>
    Effect.sync(() => {
      assert.equal(dimensionsWarning(640, 4096, 64), undefined);
      assert.ok(dimensionsWarning(639, 4096, 64) !== undefined);
      // Short features have few dimensions, whatever is asked for.
      assert.equal(dimensionsWarning(640, 64, 256), undefined);
      assert.equal(dimensionsWarning(5, 4096, 1), undefined);
    }),
);
