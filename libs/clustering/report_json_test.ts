import { matrix } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import type { Clustering } from "./kmeans/kmeans.ts";
import { reportClustering } from "./report.ts";
import {
  formatHistory,
  formatReport,
  parseHistory,
  parseReport,
} from "./report_json.ts";
import assert from "node:assert/strict";

/** The text that a run of an earlier version wrote, field by field. */
const written = `{
  "points": 4,
  "dimensions": 3,
  "k": 2,
  "lnK": 0.6931471805599453,
  "nonEmpty": 2,
  "empties": 0,
  "sizes": {
    "minimum": 2,
    "median": 2,
    "maximum": 2,
    "histogram": [
      {
        "from": 2,
        "to": 3,
        "clusters": 2
      }
    ],
    "largest": [
      {
        "cluster": 0,
        "size": 2
      },
      {
        "cluster": 1,
        "size": 2
      }
    ]
  },
  "imbalance": 1,
  "splits": 1,
  "loss": 0.5,
  "iterations": [
    {
      "loss": 2,
      "splits": 1,
      "moved": 0.25,
      "imbalance": 1.5
    }
  ],
  "moved": 0.5,
  "nmiToPrevious": 0
}
`;

const history = [
  { loss: 2, splits: 1, changedFraction: 0.25, imbalance: 1.5 },
];

const clustering: Clustering = {
  assignments: Int32Array.of(0, 0, 1, 1),
  distances: Float64Array.of(0.25, 0.25, 0, 0),
  loss: 0.5,
  state: {
    centroids: matrix(2, 3),
    assignments: Int32Array.of(0, 0, 1, 1),
    history,
  },
};

effectTest(
  "formatReport() writes the bytes of earlier versions, and parseReport() reads them",
  () =>
    Effect.gen(function* () {
      const previous = Int32Array.of(0, 1, 0, 1);
      const report = yield* reportClustering(clustering, { previous });
      assert.equal(report.reassignedFraction, 0.5);
      assert.equal(formatReport(report), written);
      assert.deepEqual(parseReport(written), report);
      assert.equal(formatReport(parseReport(written)), written);
    }),
);

Deno.test("formatHistory() writes the bytes of earlier versions, and parseHistory() reads them", () => {
  const text = '[{"loss":2,"splits":1,"moved":0.25,"imbalance":1.5}]';
  assert.equal(formatHistory(history), text);
  assert.deepEqual(parseHistory(text), history);
  assert.equal(formatHistory(parseHistory(text)), text);
});
