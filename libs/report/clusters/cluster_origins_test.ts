import { sizesOf } from "./cluster_figures.ts";
import { epochsBack, originsOf } from "./cluster_origins.ts";
import assert from "node:assert/strict";

Deno.test("originsOf() counts images by earlier cluster, worked by hand", () => {
  const earlier = Int32Array.of(5, 5, 2, 7, 5, 2, 7, 0, 1, 5);
  const members = Int32Array.of(0, 1, 2, 4, 5, 6, 7, 8);
  assert.deepEqual(originsOf(9, members, earlier, sizesOf(earlier), 2), {
    epoch: 9,
    origins: [
      { cluster: 5, images: 3, size: 4 },
      { cluster: 2, images: 2, size: 2 },
    ],
    otherImages: 3,
    otherClusters: 3,
  });
});

Deno.test("originsOf() does not depend on the numbers of clusters", () => {
  const earlier = Int32Array.of(0, 0, 0, 1, 1, 2);
  const renamed = earlier.map((cluster) => [2, 0, 1][cluster]!);
  const members = Int32Array.of(0, 1, 3, 5);
  const counts = (clusters: Int32Array) =>
    originsOf(1, members, clusters, sizesOf(clusters), 9).origins
      .map(({ images, size }) => `${images} of ${size}`).toSorted();
  assert.deepEqual(counts(earlier), ["1 of 1", "1 of 2", "2 of 3"]);
  assert.deepEqual(counts(renamed), counts(earlier));
});

Deno.test("epochsBack() tells a dozen earlier epochs, the newest first", () => {
  assert.deepEqual(epochsBack([]), []);
  assert.deepEqual(epochsBack([4]), []);
  assert.deepEqual(epochsBack([1, 2, 3]), [2, 1]);
  const thirteen = Array.from({ length: 13 }, (_, i) => i + 1);
  assert.deepEqual(epochsBack(thirteen), thirteen.slice(0, -1).reverse());
});

Deno.test("epochsBack() tells 500 epochs in fourteen, with the first", () => {
  assert.deepEqual(
    epochsBack(Array.from({ length: 500 }, (_, i) => i + 1)),
    [499, 498, 497, 495, 492, 487, 479, 466, 445, 411, 356, 267, 123, 1],
  );
});
