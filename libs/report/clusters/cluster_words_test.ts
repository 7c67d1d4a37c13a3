import {
  choiceSentence,
  clusterFacts,
  clustersSentences,
  originsInWords,
  togetherSentence,
} from "./cluster_words.ts";
import type {
  ClusterOrigins,
  ReportCluster,
  ReportClusters,
} from "./report_cluster.ts";
import assert from "node:assert/strict";

const cluster: ReportCluster = {
  cluster: 3,
  size: 64,
  chosenAs: ["largest"],
  members: [],
  farthest: [],
  nearest: [],
  history: [],
};

const clusters: ReportClusters = {
  epoch: 9,
  images: 1_234_567,
  sizes: Int32Array.of(5, 0, 1, 7, 9),
  hasDistances: true,
  hasLabels: true,
  hasImages: true,
  missing: 0,
  each: 2,
  minimumSize: 10,
  seed: 31,
  choices: new Map([["largest", [4, 3]], ["purest", []], ["random", [0, 2]]]),
  clusters: new Map(),
};

Deno.test("clusterFacts() gives size, tightness and the most frequent class", () => {
  const facts = (labelled: number) =>
    clusterFacts({
      ...cluster,
      tightness: 0.834,
      majority: { label: "Flags", fraction: 0.5, labelled },
    });
  assert.deepEqual(facts(64), [
    "64 images",
    "mean distance 0.83",
    "50.0 % Flags",
  ]);
  assert.equal(facts(40)[2], "50.0 % Flags of 40 labelled");
  assert.deepEqual(clusterFacts(cluster), ["64 images"]);
  const majority = { label: "2", fraction: 0.25, labelled: 64 };
  assert.equal(clusterFacts({ ...cluster, majority })[1], "25.0 % class 2");
});

Deno.test("clustersSentences() says sizes, empties and splits", () => {
  assert.deepEqual(clustersSentences(clusters, 2), [
    "1,234,567 images in 4 clusters of 1 to 9 images; half of the clusters " +
    "have at most 5. 1 cluster is empty; k-means refilled 2 empty clusters by " +
    "splitting others.",
    "Mean distance: the mean Euclidean distance of a cluster's images to its " +
    "centroid, in the whitened features of length 1. It is 0 if all images " +
    "have the same features, and 1 if they have nothing in common.",
  ]);
  const even = { ...clusters, sizes: Int32Array.of(3, 3) };
  const [sentence] = clustersSentences(even, 0);
  assert.match(sentence!, /None is empty; k-means had none to refill\.$/);
});

Deno.test("clustersSentences() says what is unknown and missing, and why", () => {
  const sentences = clustersSentences({
    ...clusters,
    hasDistances: false,
    hasLabels: false,
    missing: 7,
  }, undefined);
  assert.match(sentences[1]!, /kept no distances.*drawn at random/);
  assert.match(sentences[2]!, /no labels/);
  assert.match(sentences[3]!, /7 images .* are missing/);
});

Deno.test("clustersSentences() says that images cannot be opened, and no path without images", () => {
  const gone = {
    ...clusters,
    hasLabels: false,
    unopened: "Cannot open images as the path must exist: path=/secret",
  };
  const [, , labels, images] = clustersSentences(gone, 0);
  assert.match(labels!, /cannot be opened.*unknown/);
  assert.match(
    images!,
    /path=\/secret; say where the images are with --images/,
  );
  const sentences = clustersSentences({ ...gone, hasImages: false }, 0);
  assert.ok(!sentences.join().includes("secret"));
});

Deno.test("choiceSentence() says how many of how many are shown, and the rule", () => {
  const say = (choice: "largest" | "purest" | "random") =>
    choiceSentence(choice, clusters);
  assert.equal(say("largest"), "2 of 4 clusters, the largest first.");
  assert.equal(say("purest"), "No cluster has at least 10 labelled images.");
  assert.equal(say("random"), "2 of 4 clusters, drawn with seed 31.");
});

const from = (epoch: number, ...images: number[]): ClusterOrigins => ({
  epoch,
  origins: images.map((some, cluster) => ({
    cluster,
    images: some,
    size: 100 + cluster,
  })),
  otherImages: 0,
  otherClusters: 0,
});

Deno.test("togetherSentence() tells the two epochs before, and the first", () => {
  const tell = (...history: ClusterOrigins[]) =>
    togetherSentence({ size: 64, history });
  assert.equal(tell(), "");
  assert.equal(
    tell(from(9, 50, 14)),
    "Of the 64 images now together, 50 were together in epoch 9.",
  );
  assert.equal(
    tell(from(9, 50), from(8, 33), from(7, 40), from(1, 21)),
    "Of the 64 images now together, 50 were together in epoch 9, 33 in epoch " +
      "8 and 21 in epoch 1.",
  );
});

Deno.test("originsInWords() tells sizes, as numbers of clusters mean nothing", () => {
  assert.equal(
    originsInWords({
      ...from(9, 50, 7),
      otherImages: 7,
      otherClusters: 3,
    }),
    "50 from a cluster of 100, 7 from one of 101, 7 from 3 others",
  );
});
