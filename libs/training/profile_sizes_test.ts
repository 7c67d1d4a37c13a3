import { sizeOf } from "@deepcluster/core";
import { outputShapes, small } from "@deepcluster/models";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import type { PhaseCost } from "./phase_timer.ts";
import { extended, profileSizes, type SizedCosts } from "./profile_sizes.ts";
import assert from "node:assert/strict";

const bytesFor = Effect.gen(function* () {
  const network = yield* small({ sobel: true });
  const bytes = Object.values(outputShapes(network, 1))
    .reduce((sum, shape) => sum + 4 * sizeOf(shape), 0);
  return { network, images: (count: number) => count * bytes };
});

effectTest(
  "profileSizes() are the run's own while activations fit",
  () =>
    Effect.gen(function* () {
      const { network, images } = yield* bytesFor;
      const wanted = { batch: 256, extractBatch: 32 };
      assert.deepEqual(profileSizes(network, wanted, images(256)), [wanted]);
    }),
);

effectTest(
  "profileSizes() are two where activations do not fit, the second half as large",
  () =>
    Effect.gen(function* () {
      const { network, images } = yield* bytesFor;
      const wanted = { batch: 256, extractBatch: 32 };
      assert.deepEqual(profileSizes(network, wanted, images(256) - 1), [
        { batch: 255, extractBatch: 32 },
        { batch: 127, extractBatch: 32 },
      ]);
      assert.deepEqual(profileSizes(network, wanted, 0), [
        { batch: 4, extractBatch: 4 },
        { batch: 2, extractBatch: 2 },
      ]);
    }),
);

const lapsOf = (
  batch: number,
  extractBatch: number,
  [extract, train]: readonly [number, number],
): SizedCosts => {
  const lap = (peakBytes: number): PhaseCost => ({
    peakBytes,
    ms: 10,
    units: 2,
    unitMs: 3,
  });
  return {
    sizes: { batch, extractBatch },
    laps: {
      survey: lap(1),
      extract: lap(extract),
      reduce: lap(2),
      cluster: lap(3),
      train: lap(train),
    },
  };
};

effectTest(
  "extended() adds as much for each further image as lies between two profiles",
  () =>
    Effect.sync(() => {
      const larger = lapsOf(20, 8, [100, 500]);
      const smaller = lapsOf(10, 8, [90, 300]);
      const laps = extended([larger, smaller], { batch: 50, extractBatch: 8 });
      assert.equal(laps.train.peakBytes, 500 + 30 * 20);
      assert.equal(laps.extract.peakBytes, 100);
      assert.equal(laps.train.unitMs, 3);
      assert.equal(laps.survey.peakBytes, 1);
    }),
);

effectTest(
  "extended() never makes a larger batch take less",
  () =>
    Effect.sync(() => {
      const larger = lapsOf(20, 8, [100, 500]);
      const smaller = lapsOf(10, 4, [120, 510]);
      const laps = extended([larger, smaller], { batch: 50, extractBatch: 50 });
      assert.equal(laps.train.peakBytes, 500);
      assert.equal(laps.extract.peakBytes, 100);
    }),
);

effectTest(
  "extended() changes nothing when the run's own sizes were tried",
  () =>
    Effect.sync(() => {
      const only = lapsOf(20, 8, [100, 500]);
      assert.deepEqual(
        extended([only], { batch: 20, extractBatch: 8 }),
        only.laps,
      );
    }),
);
