import { draws, type Matrix, matrix } from "@deepcluster/core";
import assert from "node:assert/strict";
import {
  type AssignmentBounds,
  cheapestSplit,
  overheads,
  updateBounds,
} from "./assignment_bounds.ts";
import { squaredDistance } from "./distances.ts";
import { normalPoints } from "../testing.ts";

const nearestTwo = (points: Matrix, i: number, centroids: Matrix) => {
  const all = Array.from(
    { length: centroids.rows },
    (_, c) => squaredDistance(points, i, centroids, c),
  );
  const nearest = all.indexOf(Math.min(...all));
  const others = all.filter((_, c) => c !== nearest);
  return { nearest, distance: all[nearest]!, other: Math.min(...others) };
};

const boundsOf = (points: Matrix, centroids: Matrix): AssignmentBounds => {
  const exact = Array.from(
    { length: points.rows },
    (_, i) => nearestTwo(points, i, centroids),
  );
  return {
    assignments: Int32Array.from(exact, ({ nearest }) => nearest),
    distances: Float64Array.from(exact, ({ distance }) => distance),
    lowerBounds: Float64Array.from(exact, ({ other }) => Math.sqrt(other)),
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

Deno.test("updateBounds() compares points with active centroids, and misses none", () => {
  const points = normalPoints("contested", 600, 8);
  const centroids = normalPoints("contenders", 160, 8);
  for (const [few, near] of [[12, 0], [20, 0.01], [5, 0.05]] as const) {
    const moved = movedTo(points, centroids, few, near);
    const bounds = boundsOf(points, centroids);
    const known = bounds.assignments.slice();
    const { activeCentroids, partialSearch, fullSearch } = updateBounds(
      points,
      moved,
      centroids,
      bounds,
    );
    assert.equal(activeCentroids.length, 20);
    assert.ok(fullSearch.length < 600, `${fullSearch.length} full`);
    assert.deepEqual(
      [...fullSearch, ...partialSearch].sort((a, b) => a - b),
      [...known.keys()],
    );
    for (let c = 0; c < few; c++) {
      assert.ok(activeCentroids.includes(c), `${c} is active`);
    }
    let won = 0;
    for (const i of partialSearch) {
      const { nearest, distance } = nearestTwo(points, i, moved);
      const own = squaredDistance(points, i, moved, known[i]!);
      assert.equal(bounds.distances[i], own);
      if (nearest === known[i]) continue;
      won++;
      assert.ok(
        distance < own && activeCentroids.includes(nearest),
        `${i} to ${nearest}`,
      );
    }
    assert.ok(won > 0, "active centroids win points");
    for (let i = 0; i < points.rows; i++) {
      for (let c = 0; c < 160; c++) {
        if (activeCentroids.includes(c) || c === known[i]) continue;
        const away = Math.sqrt(squaredDistance(points, i, moved, c));
        assert.ok(away >= bounds.lowerBounds[i]!, `${c} is nearer to ${i}`);
      }
    }
  }
});

Deno.test("updateBounds() plans no search when nothing has moved", () => {
  const points = normalPoints("quiet", 50, 4);
  const centroids = normalPoints("quiet centroids", 160, 4);
  const same = matrix(160, 4, centroids.data.slice());
  const bounds = boundsOf(points, centroids);
  const plan = updateBounds(points, same, centroids, bounds);
  assert.equal(plan.partialSearch.length + plan.fullSearch.length, 0);
});

Deno.test("updateBounds() searches in full where the bound is used up", () => {
  const points = normalPoints("spent", 50, 4);
  const centroids = normalPoints("spent centroids", 160, 4);
  const bounds = boundsOf(points, centroids);
  bounds.lowerBounds.fill(0);
  const same = matrix(160, 4, centroids.data.slice());
  const { fullSearch } = updateBounds(points, same, centroids, bounds);
  assert.equal(fullSearch.length, 50);
});

Deno.test("cheapestSplit() makes hardly more centroids active than have moved", () => {
  const shifts = Float64Array.from({ length: 1000 }, (_, c) => c < 600 ? 1 : 0);
  const byShift = Int32Array.from(shifts.keys());
  const allowed = new Float64Array(100).fill(0.5);
  assert.deepEqual(
    cheapestSplit(shifts, byShift, allowed, overheads.kernels),
    { active: 625, maxShift: 0, work: 100 * (625 + 192) },
  );
});
