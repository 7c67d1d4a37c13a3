import { matrix } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { disagreementsOf } from "./disagreements.ts";
import { rankOutliers } from "./outliers.ts";
import { type ClusteredRow, pickRows } from "./pick.ts";

Deno.test("rankOutliers() puts first what is far from its centroid and from its neighbours, not from one of them", () => {
  const ranked = rankOutliers([
    { row: 0, centroidDistance: 0.1, neighbourDistance: 0.1 },
    { row: 1, centroidDistance: 0.9, neighbourDistance: 0.2 },
    { row: 2, centroidDistance: 0.2, neighbourDistance: 0.9 },
    { row: 3, centroidDistance: 0.8, neighbourDistance: 0.8 },
  ]);
  assert.deepEqual(ranked.map(({ row, unusual }) => [row, unusual]), [
    [3, 0.5],
    [2, 0.25],
    [1, 0.25],
    [0, 0],
  ]);
});

Deno.test("rankOutliers() goes by the neighbours alone where there are no clusters", () => {
  const ranked = rankOutliers([
    { row: 4, neighbourDistance: 0.1 },
    { row: 5, neighbourDistance: 0.3 },
  ]);
  assert.deepEqual(ranked.map(({ row, unusual }) => [row, unusual]), [
    [5, 0.5],
    [4, 0],
  ]);
});

/** Row i at an angle of i degrees; its distance is |angle - middle|. */
const rows: readonly ClusteredRow[] = [
  ...Array.from({ length: 11 }, (_, i) => ({
    row: i,
    cluster: 7,
    distance: Math.abs(i - 5),
  })),
  { row: 40, cluster: 2, distance: 1 },
  { row: 41, cluster: 2, distance: 0 },
  { row: 60, cluster: 9, distance: 3 },
];

const vectorsOf = (rows: Int32Array) =>
  Effect.succeed(matrix(
    rows.length,
    2,
    Float32Array.from(
      [...rows].flatMap((row) => [
        Math.cos(row * Math.PI / 180),
        Math.sin(row * Math.PI / 180),
      ]),
    ),
  ));

effectTest(
  "pickRows() takes the nearest to each centroid first, the largest cluster first, then spreads over the large ones",
  () =>
    Effect.gen(function* () {
      const picked = (count: number) =>
        Effect.map(
          pickRows(rows, count, vectorsOf),
          (picks) => picks.map(({ row }) => row),
        );
      assert.deepEqual(yield* picked(2), [5, 41]);
      assert.deepEqual(yield* picked(3), [5, 41, 60]);
      // 10 of the 11 rows are typical: all but row 10, the later of the two
      // farthest. Row 0 is the farthest of them from row 5; then row 9.
      assert.deepEqual(yield* picked(5), [5, 41, 60, 0, 9]);
      assert.deepEqual(
        (yield* picked(99)).toSorted((a, b) => a - b),
        rows.map(({ row }) => row),
      );
      assert.deepEqual(yield* picked(0), []);
    }),
);

effectTest(
  "pickRows() gives more picks the same beginning",
  () =>
    Effect.gen(function* () {
      const all = yield* pickRows(rows, rows.length, vectorsOf);
      for (let count = 1; count <= 8; count++) {
        const some = yield* pickRows(rows, count, vectorsOf);
        assert.deepEqual(some, all.slice(0, count));
      }
    }),
);

Deno.test("disagreementsOf() finds the image that its neighbours would call otherwise, and says how sure that is", () => {
  // Images 0 to 3 are near each other, as are 4 to 7; 3 is labelled as those.
  const labels = Int32Array.of(0, 0, 0, 1, 1, 1, 1, -1);
  const others = (of: readonly number[]) =>
    of.map((one) => of.filter((other) => other !== one));
  const neighbours = [...others([0, 1, 2, 3]), ...others([4, 5, 6, 7])];
  assert.deepEqual(disagreementsOf(labels, neighbours), [{
    image: 3,
    label: 1,
    suggested: 0,
    agreeing: 0,
    suggesting: 1,
    confident: true,
  }]);
});

Deno.test("disagreementsOf() leaves out ties and images without labelled neighbours", () => {
  const labels = Int32Array.of(0, 0, 1, 1, -1);
  const neighbours = [[1, 2], [0, 3], [0, 3], [4], [0]];
  assert.deepEqual(disagreementsOf(labels, neighbours), []);
});
