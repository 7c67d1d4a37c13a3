import { draws, type Matrix, matrix, row } from "@deepcluster/core";
import { layerOnnx, layerReference } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import {
  roundingFloats,
  toBits,
  withCapabilities,
} from "@deepcluster/test/engines";
import { Effect, Layer } from "effect";
import assert from "node:assert/strict";
import { openExactSearch } from "./exact_search.ts";
import { searchReference } from "./reference_search_testing.ts";

const onnx = Layer.orDie(layerOnnx({ provider: "cpu", threads: 2 }));

const rowsBy = (
  n: number,
  d: number,
  value: (i: number, j: number) => number,
): Matrix =>
  matrix(
    n,
    d,
    Float32Array.from(
      { length: n * d },
      (_, at) => value(Math.floor(at / d), at % d),
    ),
  );

const normalRows = (name: string, n: number, d: number): Matrix => {
  const { normal } = draws(1, name);
  return rowsBy(n, d, normal);
};

/** Rows of length 1 around a few of them. */
const clustered = (name: string, n: number, d: number, groups: number) => {
  const noise = normalRows(name, n, d);
  const rows = rowsBy(
    n,
    d,
    (i, j) => 0.4 * row(noise, i)[j]! + row(noise, i % groups)[j]! + 1,
  );
  for (let i = 0; i < n; i++) {
    const length = Math.hypot(...row(rows, i));
    row(rows, i).set(row(rows, i).map((x) => x / length));
  }
  return rows;
};

const firstRows = ({ columns, data }: Matrix, n: number) =>
  matrix(n, columns, data.slice(0, n * columns));

/** What makes bounds or orders fail, if anything does. */
const nasty: Readonly<Record<string, () => readonly [Matrix, Matrix]>> = {
  "normal rows": () => [normalRows("a", 1000, 33), normalRows("b", 12, 33)],
  "clustered rows of length 1": () => {
    const rows = clustered("unit", 3000, 64, 40);
    return [rows, firstRows(rows, 30)];
  },
  "a grid full of ties": () => [
    rowsBy(625, 2, (i, j) => j ? i % 25 : Math.floor(i / 25)),
    rowsBy(8, 2, (i, j) => j ? i % 3 : i % 4),
  ],
  "all rows equal": () => [rowsBy(300, 5, () => 0.1), rowsBy(3, 5, (i) => i)],
  "zeros among the rows and the queries": () => [
    rowsBy(200, 4, (i, j) => i % 3 ? Math.sin(i + j) : 0),
    rowsBy(4, 4, (i) => i % 2),
  ],
  "one column": () => [
    rowsBy(130, 1, (i) => i % 7 - 3),
    rowsBy(2, 1, (i) => 1 - 2 * i),
  ],
  "one row": () => [normalRows("one", 1, 8), normalRows("q", 2, 8)],
  "negative products only": () => [
    rowsBy(70, 3, (i) => 1 + i / 70),
    rowsBy(1, 3, () => -1),
  ],
  "copies a 4096th apart": () => {
    const rows = clustered("copies", 640, 40, 5);
    return [
      rowsBy(640, 40, (i, j) => row(rows, i % 5)[j]! * (1 + (i >> 3) / 4096)),
      firstRows(rows, 5),
    ];
  },
  "very large and very small values": () => [
    rowsBy(400, 6, (i, j) => Math.sin(i * 6 + j) * 10 ** (i % 60 - 30)),
    rowsBy(3, 6, (i, j) => Math.cos(j) * 10 ** (12 * i - 12)),
  ],
};

for (const [name, data] of Object.entries(nasty)) {
  effectTest(
    `openExactSearch() equals plain loops on ${name}`,
    () =>
      Effect.gen(function* () {
        const [rows, queries] = data();
        for (const layer of [onnx, narrow, layerReference]) {
          yield* Effect.gen(function* () {
            const search = yield* openExactSearch(rows);
            for (const top of [1, 3, 50, 1000]) {
              const expected = searchReference(rows, queries, top);
              assert.deepEqual(yield* search(queries, top), expected);
            }
          }).pipe(Effect.scoped, Effect.provide(layer));
        }
      }),
  );
}

effectTest(
  "openExactSearch() gives a query the same in a batch of 130 as alone, in several blocks",
  () =>
    Effect.gen(function* () {
      const rows = clustered("blocks", 2200, 24, 60);
      const search = yield* openExactSearch(rows, { blockValues: 15_500 });
      const queries = firstRows(rows, 130);
      const all = yield* search(queries, 10);
      assert.deepEqual(all, searchReference(rows, queries, 10));
      for (const q of [0, 9, 99, 100, 129]) {
        const one = matrix(1, rows.columns, row(queries, q));
        assert.deepEqual((yield* search(one, 10))[0], all[q]);
      }
    }).pipe(Effect.scoped, Effect.provide(onnx)),
);

effectTest(
  "openExactSearch() equals plain loops on an engine that multiplies as TF32 does",
  () =>
    Effect.gen(function* () {
      // Near each other, so that the order hangs on what is rounded.
      const few = clustered("coarse", 20, 32, 20);
      const noise = normalRows("fine", 2000, 32);
      const rows = rowsBy(
        2000,
        32,
        (i, j) => row(few, i % 20)[j]! + 2e-4 * row(noise, i)[j]!,
      );
      const search = yield* openExactSearch(rows);
      assert.deepEqual(
        yield* search(few, 3),
        searchReference(rows, few, 3),
      );
    }).pipe(Effect.scoped, Effect.provide(coarse)),
);

/** An engine that multiplies only queries of 7 bits exactly. */
const narrow = withCapabilities(onnx, { byteProducts: 7 });

/** An engine with its own memory that keeps ten bits of each factor. */
const coarse = withCapabilities(roundingFloats(onnx, toBits(10)), {
  byteProducts: 0,
  deviceMemory: true,
});
