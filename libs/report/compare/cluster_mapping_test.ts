import { mapClusters, type RunAssignments } from "./cluster_mapping.ts";
import { Effect } from "effect";
import assert from "node:assert/strict";

const run = (
  ids: string,
  clusters: readonly number[],
  sha256s?: string,
): RunAssignments => ({
  images: { ids: [...ids], ...sha256s && { sha256s: [...sha256s] } },
  clusters: Int32Array.from(clusters),
  epoch: 3,
});

const mapped = (first: RunAssignments, second: RunAssignments) =>
  Effect.runSync(mapClusters(first, second, 1));

Deno.test("mapClusters() goes by paths where a run kept no digests", () => {
  const found = mapped(
    run("abcd", [0, 0, 1, 1], "1234"),
    run("dcbx", [5, 5, 6, 6]),
  );
  assert.deepEqual([found.by, found.common], ["path", 3]);
  assert.deepEqual(
    found.clusters.map(({ cluster, size, parts }) => [
      cluster,
      size,
      parts.map(({ cluster, size, common }) => [cluster, size, common]),
    ]),
    [[1, 2, [[5, 2, 2]]], [0, 1, [[6, 1, 1]]]],
  );
});

Deno.test("mapClusters() recognises images that were renamed", () => {
  const found = mapped(
    run("abc", [0, 0, 1], "123"),
    run("xyz", [4, 4, 2], "123"),
  );
  assert.deepEqual([found.by, found.common], ["content", 3]);
  assert.equal(found.agreement!.adjustedRand, 1);
});

Deno.test("mapClusters() pairs equal files by their names, each once", () => {
  const found = mapped(
    run("abc", [0, 1, 1], "111"),
    run("cab", [7, 8, 7], "111"),
  );
  assert.equal(found.common, 3);
  // a is in cluster 8 and b, c in 7, as they are in 0 and 1.
  assert.equal(found.agreement!.adjustedRand, 1);
  assert.equal(
    mapped(run("abc", [0, 1, 1], "111"), run("c", [7], "1")).common,
    1,
  );
});

Deno.test("mapClusters() has neither clusters nor agreement without common images", () => {
  const found = mapped(run("ab", [0, 1], "12"), run("ab", [0, 1], "34"));
  assert.deepEqual(found, {
    other: 1,
    epochs: [3, 3],
    common: 0,
    by: "content",
    clusters: [],
  });
});

Deno.test("mapClusters() lists the largest clusters and their largest parts", () => {
  const ids = Array.from(
    { length: 200 },
    (_, i) => String.fromCharCode(500 + i),
  )
    .join("");
  const first = run(ids, Array.from({ length: 200 }, (_, i) => i % 20));
  const second = run(
    ids,
    Array.from({ length: 200 }, (_, i) => Math.floor(i / 20) % 4),
  );
  const { clusters } = mapped(first, second);
  assert.equal(clusters.length, 12);
  assert.deepEqual(
    clusters[0]!.parts.map(({ cluster, common }) => [
      cluster,
      common,
    ]),
    [[0, 3], [1, 3], [2, 2]],
  );
});
