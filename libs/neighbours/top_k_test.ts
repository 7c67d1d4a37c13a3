import { draws } from "@deepcluster/core";
import { emptyTopK, mergeBlock } from "./top_k.ts";
import assert from "node:assert/strict";

Deno.test("mergeBlock() keeps the largest of all blocks, the first of equals", () => {
  const best = emptyTopK(3);
  mergeBlock(best, Float32Array.of(0.5, 0.25), 0);
  assert.deepEqual([...best.indices], [0, 1, -1]);
  mergeBlock(best, Float32Array.of(0.5, -1, 0.75), 2);
  assert.deepEqual([...best.indices], [4, 0, 2]);
  assert.deepEqual([...best.similarities], [0.75, 0.5, 0.5]);
});

Deno.test("mergeBlock() in blocks equals a stable sort of everything", () => {
  const { integer } = draws(0, "nearest");
  const all = new Float32Array(500).map(() => integer(40) - 20);
  const order = [...all.keys()].sort((a, b) => all[b]! - all[a]!);
  const best = emptyTopK(60);
  for (let first = 0; first < 500; first += 130) {
    mergeBlock(best, all.subarray(first, first + 130), first);
  }
  assert.deepEqual([...best.indices], order.slice(0, 60));
});
