import { adviseClusters } from "./advise.ts";
import { clusterLadder } from "./ladder.ts";
import type { SweepFigures } from "./sweep.ts";
import assert from "node:assert/strict";

/** Figures of agreements by number of clusters; 0.1 without structure. */
const figuresOf = (
  agreements: Readonly<Record<number, number>>,
  structurelessExplained = 0.1,
): readonly SweepFigures[] =>
  Object.entries(agreements).map(([k, agreement]) => ({
    clusters: Number(k),
    agreement,
    lowestAgreement: agreement,
    structurelessAgreement: 0.1,
    explained: 0.5,
    structurelessExplained,
    imbalance: 1,
    smallest: 10,
  }));

Deno.test("adviseClusters() takes the groups, not the groups of groups", () => {
  const agreements = { 2: 1, 3: 0.7, 5: 0.5, 10: 0.9, 12: 0.8, 20: 0.5 };
  const { certainty, groups } = adviseClusters(figuresOf(agreements), 10_000);
  assert.equal(certainty, "clear");
  assert.deepEqual(groups, {
    clusters: 10,
    from: 10,
    to: 12,
    agreement: 0.9,
    isLargestTried: false,
  });
});

Deno.test("adviseClusters() takes no ripple of a falling curve for groups", () => {
  const agreements = { 4: 0.9, 6: 0.7, 8: 0.66, 10: 0.68, 12: 0.6, 15: 0.5 };
  const { groups } = adviseClusters(figuresOf(agreements), 10_000);
  assert.equal(groups!.clusters, 4);
});

Deno.test("adviseClusters() takes a second peak only if it is nearly as high", () => {
  // Fashion-MNIST, after two epochs on 3 000 images.
  const agreements = {
    4: 0.46,
    6: 0.53,
    8: 0.75,
    10: 0.64,
    12: 0.83,
    15: 0.87,
    20: 0.79,
    25: 0.65,
    30: 0.73,
    40: 0.62,
  };
  const { certainty, groups } = adviseClusters(figuresOf(agreements), 60_000);
  assert.equal(certainty, "clear");
  assert.deepEqual([groups!.from, groups!.clusters, groups!.to], [12, 15, 20]);
});

Deno.test("adviseClusters() calls a flat or low curve weak", () => {
  const low = adviseClusters(figuresOf({ 5: 0.3, 10: 0.5, 20: 0.3 }), 10_000);
  assert.deepEqual([low.certainty, low.groups!.clusters], ["weak", 10]);
  const flat = { 5: 0.85, 8: 0.86, 12: 0.87, 20: 0.86, 30: 0.5 };
  assert.equal(adviseClusters(figuresOf(flat), 10_000).certainty, "weak");
});

Deno.test("adviseClusters() says when larger numbers were not tried", () => {
  const { certainty, groups } = adviseClusters(
    figuresOf({ 5: 0.5, 10: 0.7, 20: 0.9 }),
    10_000,
  );
  assert.equal(certainty, "weak");
  assert.equal(groups!.isLargestTried, true);
});

Deno.test("adviseClusters() has no answer where chance does as well", () => {
  const advice = adviseClusters(figuresOf({ 2: 0.2, 10: 0.28 }), 6_000);
  assert.deepEqual(advice, {
    certainty: "none",
    learning: { clusters: 100, rule: "images per cluster" },
  });
});

Deno.test("adviseClusters() has no answer where clusters explain no more", () => {
  const figures = figuresOf({ 2: 0.4, 4: 0.98, 6: 0.5 }, 0.495);
  assert.equal(adviseClusters(figures, 6_000).certainty, "none");
});

Deno.test("adviseClusters() learns with ten times the groups where images suffice", () => {
  const figures = figuresOf({ 5: 0.5, 10: 0.9, 20: 0.5 });
  assert.deepEqual(adviseClusters(figures, 60_000).learning, {
    clusters: 100,
    rule: "ten times the groups",
  });
  assert.deepEqual(adviseClusters(figures, 3_000).learning, {
    clusters: 50,
    rule: "images per cluster",
  });
});

Deno.test("clusterLadder() leaves twenty points to a cluster", () => {
  assert.deepEqual(clusterLadder(300), [2, 3, 4, 5, 6, 8, 10, 12, 15]);
  assert.equal(clusterLadder(1e6).at(-1), 200);
  assert.deepEqual(clusterLadder(39), []);
  const long = clusterLadder(1e6, 1000);
  assert.deepEqual(long.slice(-3), [600, 800, 1000]);
  long.slice(1).forEach((k, at) => assert.ok(k > long[at]!));
});
