import { draws } from "@deepcluster/core";
import assert from "node:assert/strict";
import { drawByCluster } from "./draw_by_cluster.ts";

const clusters = (n: number, k: number): Int32Array => {
  const { uniform } = draws(3, "clusters");
  // The square makes low clusters large.
  return Int32Array.from({ length: n }, () => Math.floor(k * uniform() ** 2));
};

Deno.test("drawByCluster() draws from every cluster, in proportion", () => {
  const all = clusters(5000, 50);
  const drawn = drawByCluster(all, 600, 1);
  assert.ok(drawn.length <= 600 && drawn.length > 550, `${drawn.length}`);
  assert.equal(new Set(drawn).size, drawn.length);
  assert.deepEqual(drawn, drawn.toSorted());
  const counts = (indices: Iterable<number>) =>
    new Map(
      [...Map.groupBy(indices, (i) => all[i]!)]
        .map(([cluster, members]) => [cluster, members.length]),
    );
  const sizes = counts(all.keys());
  const shown = counts(drawn);
  for (const [cluster, size] of sizes) {
    const expected = 1 + (size - 1) * 550 / 4950;
    assert.ok(Math.abs(shown.get(cluster)! - expected) <= 1);
  }
  assert.deepEqual(drawByCluster(all, 600, 1), drawn);
  assert.notDeepEqual(drawByCluster(all, 600, 2), drawn);
});

Deno.test("drawByCluster() takes all where there are no more than asked for", () => {
  const all = clusters(30, 5);
  const whole = Int32Array.from(all.keys());
  assert.deepEqual(drawByCluster(all, 30, 1), whole);
  assert.deepEqual(drawByCluster(all, 99, 1), whole);
});

Deno.test("drawByCluster() draws one of each of some clusters where there are more clusters than places", () => {
  const all = Int32Array.from({ length: 40 }, (_, i) => i >> 1);
  const drawn = drawByCluster(all, 7, 1);
  assert.equal(drawn.length, 7);
  assert.equal(new Set(drawn.map((i) => all[i]!)).size, 7);
});
