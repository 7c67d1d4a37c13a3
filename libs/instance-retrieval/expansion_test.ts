import { matrix } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { augmentDatabase, expandQuery, rankingOf } from "./expansion.ts";

const database = matrix(4, 2, Float32Array.of(1, 0, 0.8, 0.6, 0, 1, 1, 0));

Deno.test("rankingOf() puts the lower row first where two are equal", () => {
  assert.deepEqual([...rankingOf(Float32Array.of(1, 0), database)], [
    0,
    3,
    1,
    2,
  ]);
});

Deno.test("expandQuery() is the mean of the query and its nearest", () => {
  const query = Float32Array.of(0, 1);
  assert.deepEqual(
    [...expandQuery(query, database, 2)].map((value) => value.toFixed(6)),
    [(0.8 / 3).toFixed(6), (2.6 / 3).toFixed(6)],
  );
});

effectTest(
  "augmentDatabase() weighs itself and the nearest 1, the next less",
  () =>
    Effect.gen(function* () {
      const { data } = yield* augmentDatabase(database, 2);
      // Row 2: itself, row 1 with 1, row 0 with 1/2 (rows 0 and 3 are equal).
      const expected = [(0.8 + 0.5) / 2.5, 1.6 / 2.5];
      assert.ok(Math.abs(data[4]! - expected[0]!) < 1e-6);
      assert.ok(Math.abs(data[5]! - expected[1]!) < 1e-6);
      // Row 0: itself and its copy with 1, row 1 with 1/2.
      assert.ok(Math.abs(data[0]! - 2.4 / 2.5) < 1e-6);
    }).pipe(Effect.provide(layerReference)),
);
