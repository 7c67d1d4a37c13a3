import type { Matrix } from "@deepcluster/core";
import type { Multiplier } from "@deepcluster/gpu-backend/multiplier";
import assert from "node:assert/strict";
import { roundBytes } from "./assignment_round.ts";
import { openBlockAssigner } from "./block_assigner.ts";
import { squaredDistance } from "./distances.ts";
import { planRound } from "./plan_round.ts";
import { approximateMean } from "./quantized_points.ts";
import { pointArrays, sharePoints } from "./shared_points.ts";
import { normalPoints } from "../testing.ts";

/** Multiplies in plain loops, and counts the rows. */
const countingMultiplier = () => {
  const multiplied = { bytes: 0, floats: 0 };
  const multiply = (
    left: ArrayLike<number>,
    right: ArrayLike<number>,
    products: Float32Array | Int32Array,
    { m, d, n }: { m: number; d: number; n: number },
    zeroPoint: number,
  ) => {
    for (let row = 0; row < m; row++) {
      for (let column = 0; column < n; column++) {
        let sum = 0;
        for (let j = 0; j < d; j++) {
          sum += (left[row * d + j]! - zeroPoint) * right[j * n + column]!;
        }
        products[row * n + column] = sum;
      }
    }
    return Promise.resolve();
  };
  const multiplier: Multiplier = {
    bytes: (left, right, products, sizes, zeroPoint) => {
      multiplied.bytes += sizes.m;
      return multiply(left, right, products, sizes, zeroPoint);
    },
    floats: (left, right, products, sizes) => {
      multiplied.floats += sizes.m;
      return multiply(left, right, products, sizes, 0);
    },
    release: () => Promise.resolve(),
  };
  return { multiplied, multiplier };
};

/** Assigns points repeatedly in this thread. */
const assigning = (points: Matrix, bits: 0 | 7 | 8) => {
  const { multiplied, multiplier } = countingMultiplier();
  const assigner = openBlockAssigner(multiplier, bits);
  const shared = sharePoints(points, false);
  const arrays = pointArrays(shared);
  arrays.origin.set(approximateMean(points));
  let memory: SharedArrayBuffer | undefined;
  const assign = async (centroids: Matrix) => {
    const first = memory === undefined;
    memory ??= new SharedArrayBuffer(
      roundBytes(centroids.rows, centroids.columns),
    );
    arrays.control.fill(0);
    multiplied.bytes = multiplied.floats = 0;
    const round = planRound(points, arrays, centroids, memory, first);
    assigner.begin(shared, { ...round, height: 256, chunkRows: 100 });
    while (await assigner.step());
    return arrays.assignments;
  };
  return { assign, multiplied };
};

const nearest = (points: Matrix, centroids: Matrix): number[] =>
  Array.from({ length: points.rows }, (_, i) => {
    const distances = Array.from(
      { length: centroids.rows },
      (_, c) => squaredDistance(points, i, centroids, c),
    );
    return distances.indexOf(Math.min(...distances));
  });

const scaledBy = ({ data, ...sizes }: Matrix, factor: number): Matrix => ({
  ...sizes,
  data: data.map((x) => x * factor),
});

Deno.test("openBlockAssigner() multiplies no point whose assignment is certain", async () => {
  const centroids = scaledBy(normalPoints("far apart", 8, 16), 100);
  const points = normalPoints("around", 1000, 16);
  points.data.forEach((x, at) => {
    const i = Math.floor(at / 16);
    points.data[at] = x + centroids.data[i % 8 * 16 + at % 16]!;
  });
  const { assign, multiplied } = assigning(points, 8);
  assert.deepEqual([...await assign(centroids)], nearest(points, centroids));
  assert.equal(multiplied.bytes, 1000);
  const moved = scaledBy(centroids, 1.001);
  assert.deepEqual([...await assign(moved)], nearest(points, moved));
  assert.equal(multiplied.bytes, 0);
});

Deno.test("openBlockAssigner() multiplies floats where bytes are not exact", async () => {
  const points = normalPoints("points", 500, 12);
  const centroids = normalPoints("centroids", 20, 12);
  for (const bits of [0, 7, 8] as const) {
    const { assign, multiplied } = assigning(points, bits);
    assert.deepEqual([...await assign(centroids)], nearest(points, centroids));
    assert.deepEqual(
      multiplied,
      bits === 0 ? { bytes: 0, floats: 500 } : { bytes: 500, floats: 0 },
    );
  }
});

Deno.test("openBlockAssigner() changes to floats when bytes leave too many candidates", async () => {
  const points = normalPoints("points", 1000, 12);
  const one = normalPoints("one", 1, 12);
  const noise = normalPoints("noise", 300, 12);
  const alike: Matrix = {
    rows: 300,
    columns: 12,
    data: noise.data.map((x, at) => one.data[at % 12]! + 1e-4 * x),
  };
  const { assign, multiplied } = assigning(points, 8);
  assert.deepEqual([...await assign(alike)], nearest(points, alike));
  assert.ok(multiplied.bytes > 0);
  assert.ok(multiplied.floats > 0);
});
