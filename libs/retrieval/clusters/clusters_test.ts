import { matrix } from "@deepcluster/core";
import { writeAssignments } from "@deepcluster/runs";
import { folderStore } from "@deepcluster/storage";
import { effectTest, temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { clusterHistory } from "./cluster_history.ts";
import {
  summariseClusters,
  unusualAmong,
  unusualInWords,
} from "./cluster_summaries.ts";

/** Centroids on a line at 0, 1, 3 and 7; the third has no image. */
const rows = {
  clusters: Int32Array.of(1, 0, 1, 3, -1, 1),
  distances: Float32Array.of(0.5, 0.25, 1, 0, 9, 0),
  centroids: matrix(4, 1, Float32Array.of(0, 1, 3, 7)),
};

Deno.test("summariseClusters() gives size, tightness and nearest clusters, largest first, without empty ones", () => {
  assert.deepEqual(summariseClusters(rows, 1), [
    {
      cluster: 1,
      size: 3,
      tightness: 0.5,
      nearest: [{ cluster: 0, distance: 1 }],
    },
    {
      cluster: 0,
      size: 1,
      tightness: 0.25,
      nearest: [{ cluster: 1, distance: 1 }],
    },
    {
      cluster: 3,
      size: 1,
      tightness: 0,
      nearest: [{ cluster: 1, distance: 6 }],
    },
  ]);
});

Deno.test("summariseClusters() says nothing of tightness without distances", () => {
  const { distances: _, ...without } = rows;
  assert.ok(!("tightness" in summariseClusters(without)[0]!));
});

Deno.test("unusualAmong() gives the fraction of the cluster's images that lie nearer", () => {
  const unusual = unusualAmong(rows.clusters, rows.distances);
  assert.deepEqual(
    [0, 0.25, 0.5, 0.75, 1, 1.5].map((distance) => unusual(1, distance)),
    [0, 1 / 3, 1 / 3, 2 / 3, 2 / 3, 1],
  );
  assert.equal(unusual(2, 0), undefined);
});

Deno.test("unusualInWords() never says all of a cluster but when it is all", () => {
  assert.deepEqual([0, 0.49, 0.5, 0.999, 1, undefined].map(unusualInWords), [
    "typical",
    "typical",
    "farther out than 50 % of the cluster",
    "farther out than 99 % of the cluster",
    "farther out than every image of the cluster",
    "the cluster has no images of its own",
  ]);
});

effectTest(
  "clusterHistory() says since which of five epochs two images share a cluster without a break, and in how many they did",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder;
      const paths = ["a", "b", "c", "d"];
      // a and b: together in 1, 3, 4, 5; a and c: in 1, 2, 3; a and d: never;
      // b and c: in 1 and 3; c and d: in 5.
      const epochs = [
        [0, 0, 0, 1],
        [2, 1, 2, 0],
        [5, 5, 5, 4],
        [1, 1, 0, 2],
        [7, 7, 3, 3],
      ];
      for (const [i, clusters] of epochs.entries()) {
        yield* writeAssignments(folderStore(folder), i + 1, {
          paths,
          clusters: Int32Array.from(clusters),
        });
      }
      const history = yield* clusterHistory(folder);
      assert.deepEqual(history.epochs, [1, 2, 3, 4, 5]);
      const shared = (a: string, b: string) => history.shared(a, b);
      assert.deepEqual(shared("a", "b"), { since: 3, epochs: 4, of: 5 });
      assert.deepEqual(shared("b", "a"), { since: 3, epochs: 4, of: 5 });
      assert.deepEqual(shared("a", "c"), { since: null, epochs: 3, of: 5 });
      assert.deepEqual(shared("a", "d"), { since: null, epochs: 0, of: 5 });
      assert.deepEqual(shared("b", "c"), { since: null, epochs: 2, of: 5 });
      assert.deepEqual(shared("c", "d"), { since: 5, epochs: 1, of: 5 });
      assert.deepEqual(shared("a", "a"), { since: 1, epochs: 5, of: 5 });
      assert.equal(shared("a", "x"), undefined);
      const early = yield* clusterHistory(folder, 3);
      assert.deepEqual(early.shared("a", "c"), { since: 1, epochs: 3, of: 3 });
    }),
);
