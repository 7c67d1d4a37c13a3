import { matrix, rowsOf } from "@deepcluster/core";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { scalingOf } from "./standardise.ts";

effectTest(
  "scalingOf() solves a case worked by hand, in blocks of one row as at once",
  () =>
    Effect.gen(function* () {
      // Columns 1 3 5 7, a constant, and one far from 0.
      const rows = rowsOf(matrix(
        4,
        3,
        Float32Array.of(1, 0.1, 1e6, 3, 0.1, 1e6, 5, 0.1, 1e6 + 1, 7, 0.1, 1e6),
      ));
      for (const memoryBytes of [1, 1000]) {
        const { mean, scale } = yield* scalingOf("scale", rows, memoryBytes);
        assertClose(mean!.data, [4, 0.1, 1e6 + 0.25], 1e-7);
        assert.equal(scale!.data[0], Math.fround(1 / Math.sqrt(5)));
        assert.equal(scale!.data[1], 0);
        assert.equal(scale!.data[2], Math.fround(1 / Math.sqrt(0.1875)));
      }
    }),
);
