import { draws, matrix, Progress, rowsOf } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";
import { openSearcher } from "./open_searcher.ts";

const layers = Layer.merge(layerReference, Progress.layerSilent);

/** Rows at angles of so many degrees. */
const atAngles = (...degrees: number[]) =>
  matrix(
    degrees.length,
    2,
    Float32Array.from(degrees.flatMap((angle) => {
      const radians = angle * Math.PI / 180;
      return [Math.cos(radians), Math.sin(radians)];
    })),
  );

const indexOf = (rows: ReturnType<typeof atAngles>, live?: number[]) => ({
  folder: "unused",
  vectors: { ...rowsOf(rows), digest: "unused" },
  live: live === undefined
    ? Int32Array.from({ length: rows.rows }, (_, i) => i)
    : Int32Array.from(live),
});

effectTest(
  "openSearcher() gives rows, scores and percentiles, and never a removed row",
  () =>
    Effect.gen(function* () {
      const rows = atAngles(0, 10, 50, 10, 180);
      const { kind, search } = yield* openSearcher(indexOf(rows, [0, 2, 3, 4]));
      assert.equal(kind, "exact");
      const [results] = yield* search(atAngles(9), 10);
      assert.deepEqual(results!.map(({ row }) => row), [3, 0, 2, 4]);
      const degrees = results!.map(({ score }) =>
        Math.round(Math.acos(score) * 180 / Math.PI)
      );
      assert.deepEqual(degrees, [1, 9, 41, 171]);
      // The pairs of live rows lie 10, 40, 50, 130, 170 and 180 degrees apart.
      assert.deepEqual(
        results!.map(({ percentile }) => Math.round(percentile * 6)),
        [6, 6, 4, 1],
      );
    }).pipe(Effect.scoped, Effect.provide(layers)),
);

effectTest(
  "openSearcher() reads live rows across its blocks",
  () =>
    Effect.gen(function* () {
      const { normal } = draws(1, "rows");
      const rows = matrix(9000, 2, new Float32Array(18_000).map(normal));
      const live = Array.from(rows.data.keys()).filter((i) =>
        i < 9000 && (i < 5000 || i % 7 === 3)
      );
      const { search } = yield* openSearcher(indexOf(rows, live));
      for (const row of [0, 4095, 4096, 4999, 5001, 8998]) {
        const score = rows.data[2 * row]! ** 2 + rows.data[2 * row + 1]! ** 2;
        const own = matrix(1, 2, rows.data.slice(2 * row, 2 * row + 2));
        const [results] = yield* search(own, 9000);
        assert.equal(results!.length, live.length);
        const found = results!.find((result) => result.row === row);
        assert.ok(Math.abs(found!.score - score) < 1e-12);
      }
    }).pipe(Effect.scoped, Effect.provide(layers)),
);

effectTest(
  "openSearcher() refuses NaN, other columns and no results; an index without rows finds nothing",
  () =>
    Effect.gen(function* () {
      const { search } = yield* openSearcher(indexOf(atAngles(0, 1)));
      const refusal = (...[queries, top]: Parameters<typeof search>) =>
        Effect.map(Effect.flip(search(queries, top)), ({ message }) => message);
      assert.match(
        yield* refusal(matrix(1, 3), 1),
        /columns of queries must be the 2 columns of the index: .*=3$/,
      );
      assert.match(yield* refusal(atAngles(NaN), 1), /row=0, column=0/);
      assert.match(
        yield* refusal(atAngles(1), 0),
        /top must be an integer >= 1/,
      );
      const empty = yield* openSearcher(indexOf(atAngles(0, 1), []));
      assert.deepEqual(yield* empty.search(atAngles(4, 5), 3), [[], []]);
    }).pipe(Effect.scoped, Effect.provide(layers)),
);
