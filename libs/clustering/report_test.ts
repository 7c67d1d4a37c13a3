import { matrix } from "@deepcluster/core";
import { assertClose, effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import type { Clustering } from "./kmeans/kmeans.ts";
import { reportClustering } from "./report.ts";
import assert from "node:assert/strict";

const clusteringOf = (
  assignments: readonly number[],
  k: number,
): Clustering => ({
  assignments: Int32Array.from(assignments),
  distances: new Float64Array(assignments.length),
  loss: 2.5,
  state: {
    centroids: matrix(k, 1),
    assignments: Int32Array.from(assignments),
    history: [
      { loss: 9, splits: 2, changedFraction: 1, imbalance: 3 },
      { loss: 4, splits: 1, changedFraction: 0.5, imbalance: 2 },
    ],
  },
});

effectTest(
  "reportClustering() describes a clustering worked by hand",
  () =>
    Effect.gen(function* () {
      const assignments = [0, 0, 0, 0, 0, 2, 3, 3, 4, 4];
      const result = yield* reportClustering(clusteringOf(assignments, 6));
      assert.deepEqual(result, {
        points: 10,
        dimensions: 1,
        k: 6,
        lnK: Math.log(6),
        nonEmpty: 4,
        empties: 2,
        sizes: {
          minimum: 1,
          median: 2,
          maximum: 5,
          histogram: [
            { from: 1, to: 1, clusters: 1 },
            { from: 2, to: 3, clusters: 2 },
            { from: 4, to: 7, clusters: 1 },
          ],
          largest: [
            { cluster: 0, size: 5 },
            { cluster: 3, size: 2 },
            { cluster: 4, size: 2 },
            { cluster: 2, size: 1 },
          ],
        },
        imbalance: 6 * (25 + 1 + 4 + 4) / 100,
        splits: 3,
        loss: 2.5,
        iterations: clusteringOf(assignments, 6).state.history,
      });
    }),
);

effectTest(
  "reportClustering() keeps the empty bins between sizes far apart",
  () =>
    Effect.gen(function* () {
      const assignments = [...Array(9).fill(0), 1, 1];
      const { sizes } = yield* reportClustering(clusteringOf(assignments, 2));
      assert.deepEqual(sizes.histogram.map(({ clusters }) => clusters), [
        1,
        0,
        1,
      ]);
      assert.equal(sizes.median, 5.5);
    }),
);

effectTest(
  "reportClustering() counts who left the majority of their old cluster",
  () =>
    Effect.gen(function* () {
      // Old cluster 7 went 3 to cluster 1 and 1 to cluster 0; old 4 stayed whole.
      const previous = Int32Array.of(7, 7, 7, 7, 4, 4);
      const result = yield* reportClustering(
        clusteringOf([1, 1, 0, 1, 0, 0], 2),
        {
          previous,
        },
      );
      assertClose([result.reassignedFraction!], [1 / 6], 1e-12);
      // I = H(old) - H(old | new), all in nats.
      const h = (p: number) => -p * Math.log(p) - (1 - p) * Math.log(1 - p);
      const information = h(1 / 3) - h(1 / 3) / 2;
      const expected = information / Math.sqrt(h(1 / 3) * h(1 / 2));
      assertClose([result.nmiToPrevious!], [expected], 1e-12);
      assert.equal(result.nmiToLabels, undefined);
    }),
);

effectTest(
  "reportClustering() says that renamed clusters reassign no point",
  () =>
    Effect.gen(function* () {
      const previous = Int32Array.of(5, 5, 0, 0);
      const result = yield* reportClustering(clusteringOf([0, 0, 1, 1], 2), {
        previous,
      });
      assert.equal(result.reassignedFraction, 0);
      assert.equal(result.nmiToPrevious, 1);
    }),
);

effectTest(
  "reportClustering() compares only the points that have a label",
  () =>
    Effect.gen(function* () {
      const clustering = clusteringOf([0, 0, 1, 1, 1], 2);
      const labels = Int32Array.of(3, 3, 8, 8, -1);
      const result = yield* reportClustering(clustering, { labels });
      assert.equal(result.nmiToLabels, 1);
      assert.equal(result.reassignedFraction, undefined);
      const none = yield* reportClustering(clustering, {
        labels: labels.fill(-1),
      });
      assert.equal(none.nmiToLabels, undefined);
    }),
);

effectTest(
  "reportClustering() fails when the labels are those of other points",
  () =>
    Effect.gen(function* () {
      const clustering = clusteringOf([0, 1], 2);
      const other = new Int32Array(3);
      for (const context of [{ previous: other }, { labels: other }]) {
        const error = yield* Effect.flip(reportClustering(clustering, context));
        assert.equal(error._tag, "LabelCountError");
      }
    }),
);
