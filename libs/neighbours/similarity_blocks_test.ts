import { draws, matrix, row, rowsOf } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { similarityBlocks } from "./similarity_blocks.ts";

const drawn = (name: string, n: number, d: number) => {
  const { normal } = draws(1, name);
  return matrix(n, d, Float32Array.from({ length: n * d }, normal));
};

const cosine = (a: Float32Array, b: Float32Array) => {
  const dot = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};

effectTest(
  "similarityBlocks() compares every query with every key once, all keys of a " +
    "block of queries before the next",
  () =>
    Effect.gen(function* () {
      const [queries, keys] = [drawn("queries", 7, 3), drawn("keys", 11, 3)];
      const order: string[] = [];
      const found = matrix(7, 11, new Float32Array(77).fill(NaN));
      yield* similarityBlocks(
        rowsOf(queries),
        rowsOf(keys),
        { queryRows: 3, keyRows: 4, action: "test" },
        (block) => {
          order.push(`${block.firstQuery} ${block.firstKey}`);
          for (let i = 0; i < block.queries; i++) {
            const similarities = block.of(i);
            assert.equal(similarities.length, block.keys);
            row(found, block.firstQuery + i).set(similarities, block.firstKey);
          }
        },
      );
      const firsts = [0, 3, 6].flatMap((q) =>
        [0, 4, 8].map((k) => `${q} ${k}`)
      );
      assert.deepEqual(order, firsts);
      for (let q = 0; q < 7; q++) {
        for (let k = 0; k < 11; k++) {
          const off = row(found, q)[k]! - cosine(row(queries, q), row(keys, k));
          assert.ok(Math.abs(off) < 1e-6);
        }
      }
    }).pipe(Effect.provide(layerReference)),
);
