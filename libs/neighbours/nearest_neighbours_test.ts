import { draws, matrix, type RowReader, rowsOf } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { nearestNeighbours } from "./nearest_neighbours.ts";

const rows = (columns: number, ...values: number[]): RowReader<never> =>
  rowsOf(
    matrix(values.length / columns, columns, Float32Array.from(values)),
  );

const drawn = (name: string, n: number, d: number) => {
  const { normal } = draws(1, name);
  return rows(d, ...Array.from({ length: n * d }, normal));
};

effectTest(
  "nearestNeighbours() in small blocks equals one block of everything",
  () =>
    Effect.gen(function* () {
      const [queries, keys] = [drawn("queries", 70, 5), drawn("keys", 90, 5)];
      const whole = yield* nearestNeighbours(queries, keys, 7);
      const blocks = yield* nearestNeighbours(queries, keys, 7, {
        memoryBytes: 1,
      });
      assert.deepEqual(blocks.indices, whole.indices);
      assert.deepEqual(blocks.similarities, whole.similarities);
      assert.equal(whole.indices.length, 70 * 7);
    }).pipe(Effect.provide(layerReference)),
);

effectTest(
  "nearestNeighbours() compares angles, and the lower of equal rows is first",
  () =>
    Effect.gen(function* () {
      const keys = rows(2, 0, 9, 2, 0, 1, 0, 0, 0);
      const { indices, similarities } = yield* nearestNeighbours(
        rows(2, 5, 0),
        keys,
        4,
      );
      assert.deepEqual([...indices], [1, 2, 0, 3]);
      assert.deepEqual([...similarities], [1, 1, 0, 0]);
    }).pipe(Effect.provide(layerReference)),
);

effectTest(
  "nearestNeighbours() refuses more neighbours than keys, other columns and NaN",
  () =>
    Effect.gen(function* () {
      const keys = rows(2, 0, 1, 1, 0);
      const refusal = (queries: RowReader<never>, k: number) =>
        Effect.map(
          Effect.flip(nearestNeighbours(queries, keys, k)),
          ({ message }) => message,
        );
      assert.match(
        yield* refusal(keys, 3),
        /k must be a whole number from 1 to the 2 keys: .* k=3$/,
      );
      assert.match(yield* refusal(rows(3, 1, 2, 3), 1), /the 3 columns/);
      assert.match(yield* refusal(rows(2, 1, NaN), 1), /row=0, column=1/);
    }).pipe(Effect.provide(layerReference)),
);
