import { draws, type Matrix, matrix } from "@deepcluster/core";
import { normalPoints } from "../testing.ts";
import { contendersFor } from "./bounds.ts";
import { squaredDistance } from "./distances.ts";
import type { Standing } from "./settle.ts";
import assert from "node:assert/strict";

const nearestTwo = (points: Matrix, i: number, centroids: Matrix) => {
  const all = Array.from(
    { length: centroids.rows },
    (_, c) => squaredDistance(points, i, centroids, c),
  );
  const label = all.indexOf(Math.min(...all));
  const others = all.filter((_, c) => c !== label);
  return { label, distance: all[label]!, other: Math.min(...others) };
};

const standingOf = (points: Matrix, centroids: Matrix): Standing => {
  const found = Array.from(
    { length: points.rows },
    (_, i) => nearestTwo(points, i, centroids),
  );
  return {
    labels: Int32Array.from(found, ({ label }) => label),
    distances: Float64Array.from(found, ({ distance }) => distance),
    others: Float64Array.from(found, ({ other }) => Math.sqrt(other)),
  };
};

/** Centroids of which the first few go to points, and the others near. */
const movedTo = (
  points: Matrix,
  centroids: Matrix,
  few: number,
  near: number,
) => {
  const { normal } = draws(0, "moves");
  return matrix(
    centroids.rows,
    centroids.columns,
    centroids.data.map((x, at) =>
      at < few * centroids.columns ? points.data[at]! : x + normal() * near
    ),
  );
};

Deno.test("contendersFor() leaves points to fast centroids, and misses none", () => {
  const points = normalPoints("contested", 600, 8);
  const centroids = normalPoints("contenders", 160, 8);
  for (const [few, near] of [[12, 0], [20, 0.01], [5, 0.05]] as const) {
    const moved = movedTo(points, centroids, few, near);
    const standing = standingOf(points, centroids);
    const known = standing.labels.slice();
    const { fast, challenged, open } = contendersFor(
      points,
      moved,
      centroids,
      standing,
    );
    assert.equal(fast.length, 20);
    assert.ok(open.length < 600, `${open.length} points open`);
    assert.deepEqual(
      [...open, ...challenged].sort((a, b) => a - b),
      [...known.keys()],
    );
    for (let c = 0; c < few; c++) assert.ok(fast.includes(c), `${c} is fast`);
    let won = 0;
    for (const i of challenged) {
      const { label, distance } = nearestTwo(points, i, moved);
      const own = squaredDistance(points, i, moved, known[i]!);
      assert.equal(standing.distances[i], own);
      if (label === known[i]) continue;
      won++;
      assert.ok(distance < own && fast.includes(label), `${i} to ${label}`);
    }
    assert.ok(won > 0, "fast centroids win points");
    for (let i = 0; i < points.rows; i++) {
      for (let c = 0; c < 160; c++) {
        if (fast.includes(c) || c === known[i]) continue;
        const away = Math.sqrt(squaredDistance(points, i, moved, c));
        assert.ok(away >= standing.others[i]!, `${c} is nearer to ${i}`);
      }
    }
  }
});

Deno.test("contendersFor() leaves nothing to do when nothing has moved", () => {
  const points = normalPoints("quiet", 50, 4);
  const centroids = normalPoints("quiet centroids", 160, 4);
  const same = matrix(160, 4, centroids.data.slice());
  const standing = standingOf(points, centroids);
  const found = contendersFor(points, same, centroids, standing);
  assert.equal(found.challenged.length + found.open.length, 0);
});

Deno.test("contendersFor() opens points whose bound is spent", () => {
  const points = normalPoints("spent", 50, 4);
  const centroids = normalPoints("spent centroids", 160, 4);
  const standing = standingOf(points, centroids);
  standing.others.fill(0);
  const same = matrix(160, 4, centroids.data.slice());
  const { open } = contendersFor(points, same, centroids, standing);
  assert.equal(open.length, 50);
});
