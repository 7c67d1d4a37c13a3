import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { fewImagesWarning } from "./clusters_rule.ts";

effectTest(
  "fewImagesWarning() advises at least two clusters, or more images",
  () =>
    Effect.sync(() => {
      assert.match(fewImagesWarning(20, 3)!, /; use --clusters 2 or lower$/);
      assert.match(fewImagesWarning(19, 2)!, /; use more images$/);
      assert.equal(fewImagesWarning(20, 2), undefined);
    }),
);
