import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { chooseClusters, chooseImages, membersOf } from "./choose.ts";
import assert from "node:assert/strict";

// Sizes: cluster 0 has 2 images, 1 none, 2 three, 3 one, 4 three.
const assignments = Int32Array.of(4, 2, 0, 2, 4, -1, 3, 4, 0, 2);
const distances = Float32Array.of(1, 9, 5, 9, 3, 0, 2, 2, 5, 9);

const test = (name: string, body: () => void) =>
  effectTest(name, () => Effect.sync(body));

test("chooseClusters() ranks by size, then number, without the empty", () => {
  const all = chooseClusters(assignments, { by: "size", count: 9 });
  assert.deepEqual([...all], [2, 4, 0, 3]);
});

test("chooseClusters() ranks by mean distance among those large enough", () => {
  const choice = { by: "tightness", count: 2, distances } as const;
  // Both have a mean of 2: the smaller number comes first.
  assert.deepEqual([...chooseClusters(assignments, choice)], [3, 4]);
  const larger = chooseClusters(assignments, { ...choice, minimumSize: 2 });
  assert.deepEqual([...larger], [4, 0]);
});

test("chooseClusters() draws distinct clusters that the seed decides", () => {
  const many = Int32Array.from({ length: 1000 }, (_, i) => i % 100);
  const drawn = (seed: number) => [
    ...chooseClusters(many, { by: "chance", count: 20, seed }),
  ];
  assert.equal(new Set(drawn(1)).size, 20);
  assert.deepEqual(drawn(1), drawn(1).toSorted((a, b) => a - b));
  assert.deepEqual(drawn(1), drawn(1));
  assert.notDeepEqual(drawn(1), drawn(2));
});

test("chooseClusters() chooses small clusters where there are not enough larger ones", () => {
  const chance = { by: "chance", count: 9, seed: 3, minimumSize: 2 } as const;
  const single = Int32Array.of(2, 0, -1, 5);
  assert.deepEqual([...chooseClusters(single, chance)], [0, 2, 5]);
  const mixed = Int32Array.of(7, 4, 4, 1, 6, 6, 9);
  const some = chooseClusters(mixed, { ...chance, count: 4 });
  assert.deepEqual([...some.subarray(0, 2)], [4, 6], "larger ones first");
  assert.equal(new Set(some).size, 4);
  const one = { by: "size", count: 1, minimumSize: 4 } as const;
  assert.deepEqual([...chooseClusters(assignments, one)], [2]);
});

test("chooseClusters() of no images chooses none", () => {
  const none = chooseClusters(new Int32Array(0), { by: "size", count: 3 });
  assert.equal(none.length, 0);
});

test("chooseImages() takes the nearest first, equals by position", () => {
  const nearest = (cluster: number, count: number) => [
    ...chooseImages(assignments, cluster, { by: "distance", count, distances }),
  ];
  assert.deepEqual(nearest(4, 2), [0, 7]);
  assert.deepEqual(nearest(4, 9), [0, 7, 4]);
  assert.deepEqual(nearest(2, 2), [1, 3]);
});

test("chooseImages() draws images of the cluster that the seed decides", () => {
  const half = Int32Array.from({ length: 200 }, (_, i) => i % 2);
  const drawn = (seed: number, cluster = 1) => [
    ...chooseImages(half, cluster, { by: "chance", count: 10, seed }),
  ];
  assert.equal(new Set(drawn(1)).size, 10);
  assert.ok(drawn(1).every((position) => position % 2 === 1));
  assert.notDeepEqual(drawn(1), drawn(2));
  assert.notDeepEqual(drawn(1), drawn(1, 0).map((position) => position + 1));
});

test("chooseImages() leaves assignments and distances as they were", () => {
  const [a, d] = [assignments.slice(), distances.slice()];
  chooseImages(assignments, 4, { by: "distance", count: 1, distances });
  chooseClusters(assignments, { by: "tightness", count: 1, distances });
  assert.deepEqual([assignments, distances], [a, d]);
});

test("membersOf() lists a cluster's images in their order", () => {
  assert.deepEqual([...membersOf(assignments, 2)], [1, 3, 9]);
  assert.deepEqual([...membersOf(assignments, 1)], []);
});
