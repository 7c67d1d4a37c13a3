import { draws } from "@deepcluster/core";
import assert from "node:assert/strict";
import { test } from "node:test";
import { squaredDistance } from "../assign/distances.ts";
import { quantizeCentroids } from "../assign/quantized_centroids.ts";
import { quantizePoints } from "../assign/quantized_points.ts";
import { normalPoints } from "../testing.ts";
import { openWorkspace } from "./workspace.ts";

const [n, k] = [9, 5];
const dimensions = [1, 2, 3, 4, 7, 8, 15, 16, 17, 33, 64];

const opened = (d: number) => {
  const { allocate, kernels } = openWorkspace();
  const points = normalPoints("points", n, d);
  const centroids = normalPoints("centroids", k, d);
  const quantizedPoints = quantizePoints(points, 8);
  const arrays = allocate({
    points: [Float32Array, n * d],
    centroids: [Float32Array, k * d],
    origin: [Float32Array, d],
    inverseScales: [Float32Array, n],
    rows: [Int32Array, n],
    assignments: [Int32Array, n],
    distances: [Float64Array, n],
    largest: [Float64Array, n],
    squares: [Float64Array, n],
    codes: [Uint8Array, n * d + 1],
  });
  arrays.points.set(points.data);
  arrays.centroids.set(centroids.data);
  arrays.origin.set(quantizedPoints.origin);
  arrays.inverseScales.set(quantizedPoints.inverseScales);
  arrays.assignments.set(Int32Array.from({ length: n }, (_, i) => i * 2 % k));
  return { points, centroids, quantizedPoints, arrays, kernels, d };
};

const shifted =
  ({ points, quantizedPoints, d }: ReturnType<typeof opened>) =>
  (i: number, j: number) =>
    points.data[i * d + j]! - quantizedPoints.origin[j]!;

test("ownDistances() gives the bits of plain loops, for the named rows only", () => {
  for (const d of dimensions) {
    const { points, centroids, arrays, kernels } = opened(d);
    arrays.rows.set([8, 0, 3]);
    arrays.distances.fill(-1);
    kernels.ownDistances({ ...arrays, d, count: 3 });
    arrays.distances.forEach((distance, i) =>
      assert.equal(
        distance,
        [8, 0, 3].includes(i)
          ? squaredDistance(points, i, centroids, arrays.assignments[i]!)
          : -1,
      )
    );
  }
});

test("measureRows() and roundingErrors() equal plain loops but for roundings", () => {
  for (const d of dimensions) {
    const context = opened(d);
    const { arrays, kernels, quantizedPoints } = context;
    const value = shifted(context);
    const features = Array.from({ length: d }, (_, j) => j);
    const near = (actual: number, expected: number) =>
      assert.ok(Math.abs(actual - expected) <= 1e-13 * (1 + expected));
    kernels.measureRows({ ...arrays, d, count: n });
    for (let i = 0; i < n; i++) {
      near(
        arrays.largest[i]!,
        Math.max(...features.map((j) => Math.abs(value(i, j)))),
      );
      near(
        arrays.squares[i]!,
        features.reduce((sum, j) => sum + value(i, j) ** 2, 0),
      );
    }
    kernels.roundingErrors({ ...arrays, d, count: n });
    for (let i = 0; i < n; i++) {
      near(
        arrays.squares[i]!,
        features.reduce((sum, j) => {
          const scaled = value(i, j) * quantizedPoints.inverseScales[i]!;
          return sum + (scaled - Math.round(scaled)) ** 2;
        }, 0),
      );
    }
  }
});

test("quantizeRows() writes the codes of the named rows side by side", () => {
  for (const d of dimensions) {
    for (const [zeroPoint, width] of [[128, 1], [64, 63 / 127]] as const) {
      const context = opened(d);
      const { arrays, kernels, quantizedPoints } = context;
      const { fround } = Math;
      arrays.inverseScales.set(
        quantizedPoints.inverseScales.map((scale) => scale * width),
      );
      arrays.rows.set([5, 6, 1]);
      arrays.codes.fill(0);
      kernels.quantizeRows({ ...arrays, d, count: 3, zeroPoint });
      const expected = [5, 6, 1].flatMap((i) =>
        Array.from({ length: d }, (_, j) => {
          const scaled = fround(
            fround(shifted(context)(i, j)) * arrays.inverseScales[i]!,
          );
          return Math.round(scaled) + zeroPoint;
        })
      );
      assert.deepEqual([...arrays.codes.subarray(0, 3 * d)], expected);
      assert.ok(arrays.codes.subarray(3 * d).every((code) => code === 0));
    }
  }
});

test("quantizeColumns() writes the rounded codes of a group of centroids", () => {
  for (const d of dimensions) {
    const centroids = normalPoints("centroids", 40, d);
    const origin = new Float32Array(d).fill(0.25);
    const { groups, groupSize, codes, scales, centroidOfColumn } =
      quantizeCentroids(centroids, origin);
    const columns = groups * groupSize;
    const { allocate, kernels } = openWorkspace();
    const arrays = allocate({
      centroids: [Float32Array, 40 * d],
      origin: [Float32Array, d],
      centroidOfColumn: [Int32Array, columns],
      codes: [Int8Array, d * columns],
      squares: [Float64Array, columns],
    });
    arrays.centroids.set(centroids.data);
    arrays.origin.set(origin);
    arrays.centroidOfColumn.fill(centroidOfColumn.at(-1)!).set(
      centroidOfColumn,
    );
    scales.forEach((scale, group) => {
      const from = group * groupSize;
      kernels.quantizeColumns({ ...arrays, scale, from, to: from + groupSize });
    });
    assert.deepEqual(arrays.codes, Int8Array.from(codes, Math.round));
    for (let column = 0; column < columns; column++) {
      let squares = 0;
      for (let j = 0; j < d; j++) {
        const code = codes[j * columns + column]!;
        squares += (code - Math.round(code)) ** 2;
      }
      assert.ok(Math.abs(arrays.squares[column]! - squares) < 1e-4);
    }
  }
});

test("a workspace grows, and lays out arrays that do not overlap", () => {
  const { allocate } = openWorkspace();
  const { uniform } = draws(0, "lengths");
  for (let turn = 0; turn < 20; turn++) {
    const lengths = Array.from(
      { length: 8 },
      () => Math.floor(uniform() * 2 ** (turn + 1)),
    );
    const types = [Float64Array, Uint8Array, Int32Array, Float32Array] as const;
    const arrays = Object.values(allocate(Object.fromEntries(
      lengths.map((length, i) => [`${i}`, [types[i % 4]!, length]]),
    )));
    arrays.forEach((array, i) => array.fill(i));
    arrays.forEach((array, i) => {
      assert.equal(array.length, lengths[i]);
      assert.ok(array.every((value) => value === i));
    });
  }
});
