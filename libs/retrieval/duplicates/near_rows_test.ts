import { type Matrix, matrix, Progress, rowsOf } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { openSearcher } from "../search/open_searcher.ts";
import { nearRowsOf, similarityLevel } from "./near_rows.ts";

const rowsAt = (m: Matrix) => ({ ...rowsOf(m), digest: "unused" });

/** Rows at so many degrees. */
const indexOf = (degrees: readonly number[], live = [...degrees.keys()]) => ({
  folder: "unused",
  vectors: rowsAt(matrix(
    degrees.length,
    2,
    Float32Array.from(degrees.flatMap((angle) => [
      Math.cos(angle * Math.PI / 180),
      Math.sin(angle * Math.PI / 180),
    ])),
  )),
  live: Int32Array.from(live),
});

const cosine = (degrees: number) => Math.cos(degrees * Math.PI / 180);

effectTest(
  "nearRowsOf() finds every row above the level, also of rows that have more than are searched for at first",
  () =>
    Effect.gen(function* () {
      // 150 rows within 1.5 degrees, two at 90, a removed one, one at 180.
      const degrees = [
        ...Array.from({ length: 150 }, (_, i) => i / 100),
        90,
        90.5,
        91,
        180,
      ];
      const live = [...degrees.keys()].filter((row) => degrees[row] !== 91);
      const index = indexOf(degrees, live);
      const searcher = yield* openSearcher(index);
      const nearRows = yield* nearRowsOf(index, searcher, cosine(2));
      const rowsNear = (row: number) =>
        [...nearRows(row)].map(({ row }) => row).sort((a, b) => a - b);
      const others = [...Array(150).keys()];
      assert.deepEqual(rowsNear(0), others.slice(1));
      assert.deepEqual(rowsNear(75), others.filter((row) => row !== 75));
      assert.deepEqual(rowsNear(150), [151]);
      assert.deepEqual(rowsNear(151), [150]);
      assert.deepEqual(rowsNear(153), []);
    }).pipe(
      Effect.scoped,
      Effect.provide([layerReference, Progress.layerSilent]),
    ),
);

effectTest(
  "similarityLevel() is the similarity that so many pairs are below",
  () =>
    Effect.gen(function* () {
      // Pairs lie 10, 20, 30, 30, 50 and 60 degrees apart.
      const index = indexOf([0, 10, 30, 60]);
      const level = (percentile: number) =>
        Effect.map(
          similarityLevel(index, percentile),
          (cosine) => Math.round(Math.acos(cosine) * 180 / Math.PI),
        );
      assert.equal(yield* level(0), 60);
      assert.equal(yield* level(0.5), 30);
      assert.equal(yield* level(5 / 6), 10);
      assert.equal(yield* level(1), 10);
      assert.equal(yield* similarityLevel(indexOf([0]), 0.5), 1);
      const error = yield* Effect.flip(similarityLevel(index, 99.9));
      assert.equal(
        error.message,
        "Cannot find near duplicates as percentile must be a fraction from 0 " +
          "to 1: current value is percentile=99.9",
      );
    }),
);
