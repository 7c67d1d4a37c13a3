import { type Matrix, matrix } from "@deepcluster/core";
import { dotProductError } from "@deepcluster/gpu-backend";
import assert from "node:assert/strict";
import { test } from "node:test";
import { squaredDistance } from "../assign/distances.ts";
import { quantizeCentroids } from "../assign/quantized_centroids.ts";
import { quantizePoints } from "../assign/quantized_points.ts";
import { normalPoints, pointsBy } from "../testing.ts";
import { searchLayout, writeCentroids, writeFields } from "./search_memory.ts";
import { openWorkspace } from "./workspace.ts";

const scaledBy = ({ rows, columns, data }: Matrix, factor: number) =>
  matrix(rows, columns, data.map((x) => x * factor));

/** Points and centroids. */
const cases: Readonly<Record<string, () => readonly [Matrix, Matrix]>> = {
  "normal points": () => [
    normalPoints("a", 90, 37),
    normalPoints("b", 70, 37),
  ],
  "more columns than groups of four": () => [
    normalPoints("a", 40, 6),
    normalPoints("b", 300, 6),
  ],
  "ties and duplicates": () => [
    pointsBy(64, 2, (i, j) => j ? i % 8 : i >> 3),
    pointsBy(40, 2, (i, j) => 2 * (j ? i % 4 : (i % 20) >> 2)),
  ],
  "one bit apart": () => {
    const points = normalPoints("bits", 40, 30);
    const bits = new Int32Array(points.data.slice().buffer);
    return [
      points,
      matrix(40, 30, new Float32Array(bits.map((x) => x ^ 1).buffer)),
    ];
  },
  "the largest floats": () => [
    pointsBy(40, 9, (i, j) => 3e38 * Math.sin(i + j * j)),
    pointsBy(30, 9, (i, j) => 3e38 * Math.cos(i * i + j)),
  ],
  "squares that overflow 32 bits": () => [
    scaledBy(normalPoints("a", 40, 9), 1e25),
    scaledBy(normalPoints("b", 30, 9), 1e25),
  ],
  "tiny numbers": () => [
    scaledBy(normalPoints("a", 40, 16), 1e-38),
    scaledBy(normalPoints("b", 30, 16), 1e-38),
  ],
  "all at the origin": () => [matrix(5, 8), matrix(3, 8)],
  "a single feature": () => [
    pointsBy(30, 1, (i) => i),
    pointsBy(20, 1, (i) => i + 0.5),
  ],
};

/** Searches among products as an engine would compute them. */
const searched = (
  points: Matrix,
  centroids: Matrix,
  type: "int32" | "float32",
) => {
  const { rows: n, columns: d } = points;
  const k = centroids.rows;
  const quantizedPoints = quantizePoints(points, 8);
  const quantized = quantizeCentroids(centroids, quantizedPoints.origin);
  const { groups, groupSize, codes, maxNorms, quantizationErrors } = quantized;
  const columns = groups * groupSize;
  const { allocate, kernels } = openWorkspace();
  const arrays = allocate(
    searchLayout({ rows: n, d, k, groups, groupSize }),
  );
  arrays.points.set(points.data);
  arrays.centroids.set(centroids.data);
  arrays.inverseScales.set(quantizedPoints.inverseScales);
  arrays.norms.set(quantizedPoints.norms);
  arrays.quantizationErrors.set(quantizedPoints.quantizationErrors);
  arrays.assignments.fill(-1);
  arrays.distances.fill(Infinity);
  writeCentroids(arrays, quantized);
  const coarse = type === "int32";
  const rounding = 2 ** -20 + (coarse ? 0 : dotProductError(d, 0));
  arrays.errorsByNorm.set(
    maxNorms.map((norm, g) =>
      (coarse ? quantizationErrors[g]! : 0) +
      rounding * (norm + quantizationErrors[g]!)
    ),
  );
  const floats = new Float32Array(
    arrays.products.buffer,
    arrays.products.byteOffset,
    arrays.products.length,
  );
  const round = coarse ? Math.round : Math.fround;
  arrays.rows.forEach((_, r) => {
    const i = arrays.rows[r] = n - 1 - r;
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let j = 0; j < d; j++) {
        const shifted = points.data[i * d + j]! - quantizedPoints.origin[j]!;
        sum += round(shifted * quantizedPoints.inverseScales[i]!) *
          round(codes[j * columns + column]!);
      }
      (coarse ? arrays.products : floats)[r * columns + column] = sum;
    }
  });
  const search = (partial: boolean) => {
    writeFields(arrays, {
      d,
      groups,
      groupSize,
      columns: quantized.centroidOfColumn.length,
      hasDuplicates: quantized.hasDuplicates,
      partial,
      maxNorm: maxNorms.at(-1)!,
      sumRounding: d * 2 ** -50,
    });
    return kernels.searchRows(type, arrays, n);
  };
  return { arrays, search };
};

for (const [name, make] of Object.entries(cases)) {
  for (const type of ["int32", "float32"] as const) {
    test(`searchRows() of ${type} assigns exactly: ${name}`, () => {
      const [points, centroids] = make();
      const { arrays, search } = searched(points, centroids, type);
      const check = () => {
        for (let i = 0; i < points.rows; i++) {
          const distances = Array.from(
            { length: centroids.rows },
            (_, c) => squaredDistance(points, i, centroids, c),
          );
          const distance = Math.min(...distances);
          const nearest = distances.indexOf(distance);
          const others = distances.toSpliced(nearest, 1);
          assert.equal(arrays.assignments[i], nearest);
          assert.equal(arrays.distances[i], distance);
          assert.ok(arrays.lowerBounds[i]! <= Math.sqrt(Math.min(...others)));
          assert.ok(arrays.lowerBounds[i]! >= 0);
        }
      };
      search(false);
      check();
      const bounds = arrays.lowerBounds.slice();
      // From the assignments that were found, and from others.
      search(false);
      check();
      arrays.assignments.fill(1);
      arrays.distances.forEach((_, i) => {
        arrays.distances[i] = squaredDistance(points, i, centroids, 1);
      });
      search(false);
      check();
      bounds[0] = arrays.lowerBounds[0] = 0;
      search(true);
      check();
      assert.equal(arrays.lowerBounds[0], 0);
    });
  }
}

test("searchRows() bounds the distance of other centroids by little less", () => {
  const points = normalPoints("a", 200, 64);
  const centroids = normalPoints("b", 100, 64);
  for (const type of ["int32", "float32"] as const) {
    const { arrays, search } = searched(points, centroids, type);
    search(false);
    let ratios = 0;
    for (let i = 0; i < points.rows; i++) {
      const [, second] = Array.from(
        { length: centroids.rows },
        (_, c) => squaredDistance(points, i, centroids, c),
      ).sort((a, b) => a - b);
      ratios += arrays.lowerBounds[i]! / Math.sqrt(second!);
    }
    assert.ok(ratios / points.rows > 0.98);
  }
});

test("searchRows() compares the most likely centroid first, which spares others", () => {
  const points = normalPoints("a", 100, 128);
  const centroids = normalPoints("b", 500, 128);
  const { search } = searched(points, centroids, "int32");
  const compared = search(false);
  assert.ok(compared < 2 * points.rows, `${compared} comparisons`);
});
