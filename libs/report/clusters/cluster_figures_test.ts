import {
  type ClusteredImages,
  clusterFigures,
  clustersToShow,
} from "./cluster_figures.ts";
import assert from "node:assert/strict";

/** Cluster 0: 4 images, 1: 2, 2: none, 3: 3, 4: 1. */
const assignments = Int32Array.of(0, 1, 0, 3, 3, 0, 1, 3, 0, 4);
const labels = {
  names: ["cat", "dog"],
  //                    0  1  0   3  3  0  1   3  0  4
  classes: Int32Array.of(1, 1, 0, -1, 0, 1, 1, -1, 0, -1),
};
const distances = Float32Array.of(1, 5, 2, 1, 1, 3, 7, 1, 2, 0);
const clustered = { assignments, k: 5, distances, labels };

/** With 20 clusters of an image without a label. */
const many: ClusteredImages = {
  assignments: Int32Array.from([
    ...assignments,
    ...Array.from({ length: 20 }, (_, i) => 5 + i),
  ]),
  k: 25,
  distances: Float32Array.from([...distances, ...Array(20).fill(8)]),
  labels: {
    ...labels,
    classes: Int32Array.from([...labels.classes, ...Array(20).fill(-1)]),
  },
};

Deno.test("clusterFigures() equals figures worked by hand", () => {
  const { sizes, tightness, majorities } = clusterFigures(clustered);
  assert.deepEqual([...sizes], [4, 2, 0, 3, 1]);
  assert.deepEqual([...tightness!], [2, 6, NaN, 1, 0]);
  assert.deepEqual(majorities, [
    { label: "cat", fraction: 0.5, labelled: 4 }, // two each: first by name
    { label: "dog", fraction: 1, labelled: 2 },
    undefined,
    { label: "cat", fraction: 1, labelled: 1 },
    undefined,
  ]);
});

const choose = (some: ClusteredImages, each: number, minimumSize: number) =>
  Object.fromEntries(
    clustersToShow(clusterFigures(some), { each, minimumSize, seed: 1 }),
  );

Deno.test("clustersToShow() ranks clusters for each reason", () => {
  const { random, ...ranked } = choose(many, 2, 2);
  assert.deepEqual(ranked, {
    largest: [0, 3],
    smallest: [4, 5], // the empty cluster has nothing to show
    tightest: [3, 0], // not 4, which has one image
    loosest: [1, 0],
    purest: [1, 0], // not 3, of which one image is labelled
  });
  assert.equal(random!.length, 2);
  assert.ok(random!.every((cluster) => cluster !== 2));
});

Deno.test("clustersToShow() leaves out reasons whose figures are unknown", () => {
  const { assignments, k } = many;
  const reasons = Object.keys(choose({ assignments, k }, 2, 2));
  assert.deepEqual(reasons, ["largest", "smallest", "random"]);
});

Deno.test("clustersToShow() shows no cluster as pure by few images", () => {
  assert.deepEqual(choose(many, 9, 5)["purest"], []);
  assert.deepEqual(choose(many, 9, 5)["tightest"], []);
});

Deno.test("clustersToShow() shows few clusters once, the largest first", () => {
  assert.deepEqual(choose(clustered, 2, 2), { all: [0, 3, 1, 4] });
  assert.deepEqual(choose(many, 12, 2)["all"]!.slice(0, 5), [0, 3, 1, 4, 5]);
  assert.equal(choose(many, 11, 2)["all"], undefined);
});

Deno.test("clustersToShow() puts the larger of equally pure clusters first", () => {
  const classes = many.labels!.classes.map((label) => Math.min(label, 0));
  classes.fill(0, 0, 10);
  const some = { ...many, labels: { names: ["a"], classes } };
  assert.deepEqual(choose(some, 9, 1)["purest"], [0, 3, 1, 4]);
});

Deno.test("clustersToShow() draws clusters by the seed, each at most once", () => {
  const many = { assignments: Int32Array.from({ length: 900 }, (_, i) => i) };
  const figures = clusterFigures({ ...many, k: 1000 });
  const draw = (seed: number) =>
    clustersToShow(figures, { each: 50, minimumSize: 1, seed }).get("random")!;
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
  assert.equal(new Set(draw(1)).size, 50);
  assert.deepEqual(draw(1), draw(1).toSorted((a, b) => a - b));
  assert.ok(draw(1).every((cluster) => cluster < 900));
});
