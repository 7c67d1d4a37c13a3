import { matrix, row } from "@deepcluster/core";
import assert from "node:assert/strict";
import { test } from "node:test";
import { normalPoints } from "../testing.ts";
import { averageClusters } from "./average_clusters.ts";
import { membersOf } from "./means.ts";
import { sizesOf } from "./sizes.ts";

const [n, d, k] = [200, 7, 5];
const points = normalPoints("points", n, d);
// One cluster is empty, one has a single point.
const assignments = Int32Array.from(
  { length: n },
  (_, i) => i === 50 ? 4 : i % 7 === 0 ? 2 : i % 2,
);
const sizes = sizesOf(assignments, k);

const plainMeans = () => {
  const means = matrix(k, d);
  sizes.forEach((size, cluster) => {
    const sums = new Float64Array(d);
    assignments.forEach((assigned, i) => {
      if (assigned !== cluster) return;
      row(points, i).forEach((value, j) => sums[j]! += value);
    });
    if (size > 0) row(means, cluster).set(sums.map((sum) => sum / size));
  });
  return means;
};

test("averageClusters() in parts sums in the order of the points", () => {
  const means = matrix(k, d);
  const members = membersOf(assignments, sizes);
  for (const part of [2, 0, 1]) {
    averageClusters(points, members, means, part, 3);
  }
  assert.deepEqual(means, plainMeans());
});

test("averageClusters() leaves clusters alone that did not change", () => {
  const means = matrix(k, d, new Float32Array(k * d).fill(-1));
  const before = assignments.with(0, 1);
  averageClusters(points, membersOf(assignments, sizes, before), means);
  const plain = plainMeans();
  for (let cluster = 0; cluster < k; cluster++) {
    assert.deepEqual(
      row(means, cluster),
      cluster === 1 || cluster === 2
        ? row(plain, cluster)
        : new Float32Array(d).fill(-1),
    );
  }
});
