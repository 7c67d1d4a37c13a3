import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { uniformSample } from "./sampler.ts";
import assert from "node:assert/strict";

/** 100 images: 60 in cluster 0, 39 in cluster 1, 1 in cluster 3, none in 2. */
const labels = Int32Array.from(
  { length: 100 },
  (_, i) => i < 60 ? 0 : i < 99 ? 1 : 3,
);
const options = { clusters: 4, count: 90, seed: 7, epoch: 2 };

const drawsPerCluster = (order: Int32Array) => {
  const counts = [0, 0, 0, 0];
  for (const position of order) counts[labels[position]!]!++;
  return counts;
};

effectTest(
  "uniformSample() draws each non-empty cluster equally often",
  () =>
    Effect.sync(() => {
      assert.deepEqual(
        drawsPerCluster(uniformSample(labels, options)),
        [30, 30, 0, 30],
      );
    }),
);

effectTest(
  "uniformSample() spreads a remainder by at most one draw",
  () =>
    Effect.sync(() => {
      const counts = drawsPerCluster(
        uniformSample(labels, { ...options, count: 64 }),
      );
      assert.equal(counts.reduce((a, b) => a + b), 64);
      assert.equal(Math.max(...counts) - 21, 1);
      assert.deepEqual(counts.filter((c) => c > 0).sort(), [21, 21, 22]);
    }),
);

effectTest(
  "uniformSample() repeats no image of a large enough cluster",
  () =>
    Effect.sync(() => {
      const order = uniformSample(labels, options);
      const large = [...order].filter((position) => labels[position] !== 3);
      assert.equal(new Set(large).size, large.length);
    }),
);

effectTest(
  "uniformSample() draws with replacement from a small cluster",
  () =>
    Effect.sync(() => {
      const order = uniformSample(labels, options);
      assert.equal([...order].filter((position) => position === 99).length, 30);
    }),
);

effectTest(
  "uniformSample() mixes the clusters and depends on the epoch",
  () =>
    Effect.sync(() => {
      const order = [...uniformSample(labels, options)];
      const sorted = order.toSorted((a, b) => labels[a]! - labels[b]!);
      assert.notDeepEqual(order, sorted);
      assert.deepEqual(order, [...uniformSample(labels, options)]);
      assert.notDeepEqual(order, [
        ...uniformSample(labels, { ...options, epoch: 3 }),
      ]);
    }),
);
