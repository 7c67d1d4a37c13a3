import { networkOf, parseConfiguration } from "@deepcluster/runs";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { estimate, type Plan } from "./estimate.ts";
import type { PhaseCost } from "./phase_timer.ts";
import type { ProfileRun } from "./profile_run.ts";
import assert from "node:assert/strict";

const lap = (
  peakBytes: number,
  ms: number,
  units = 0,
  unitMs = 0,
): PhaseCost => ({
  peakBytes,
  ms,
  units,
  unitMs,
});

/** Of 128 images, and 1000 rows of features. */
const profile: ProfileRun = {
  sizes: { batch: 10, extractBatch: 5 },
  sampled: 128,
  unreadable: 0,
  imageBytes: 100,
  rows: 1000,
  initialBytes: 4000,
  checkpointBytes: 7000,
  reducedBytes: 600,
  clusteringBytes: 500,
  assignmentsBytes: 2000,
  laps: {
    survey: lap(1e6, 300, 128, 2),
    extract: lap(2e6, 50, 15, 2),
    reduce: lap(3e6, 400, 1000, 0.4),
    cluster: lap(4e6, 100, 2, 30),
    train: lap(5e6, 70, 30, 2),
  },
};

/** Features of 512 elements, 16 of them kept. */
const planOf = Effect.fnUntraced(function* (
  images: number,
  further: Partial<Plan> = {},
) {
  const configuration = yield* parseConfiguration({
    images: "/images",
    model: "small",
    size: 32,
    clusters: 4,
    pca: 16,
    epochs: 5,
    batch: 10,
    extractBatch: 5,
    kmeansIterations: 20,
  }, "test");
  return {
    configuration,
    network: yield* networkOf(configuration),
    images,
    capabilities: {
      enginePerThread: true,
      deviceMemory: false,
      byteProducts: 8,
      interpreted: false,
      stepsPerScan: 1,
    },
    keep: 3,
    saveEveryMs: 300_000,
    cacheBytes: 1e9,
    flops: 1e9,
    ...further,
  } satisfies Plan;
});

effectTest(
  "estimate() adds only the pixels and records of further images while all rows were tried",
  () =>
    Effect.gen(function* () {
      const { memory } = estimate(yield* planOf(1000), [profile]);
      // (1000 - 128) images of 100 bytes of pixels and 84 of records.
      assert.deepEqual(memory, {
        survey: 1e6 + 160_448,
        extract: 2e6 + 160_448,
        reduce: 3e6 + 160_448,
        cluster: 4e6 + 160_448,
        train: 5e6 + 160_448,
      });
    }),
);

effectTest(
  "estimate() adds the memory of rows that were not tried to each phase that holds them",
  () =>
    Effect.gen(function* () {
      const plan = yield* planOf(3000, { cacheBytes: 0 });
      const { memory } = estimate(plan, [profile]);
      const records = 2872 * 84;
      assert.deepEqual(memory, {
        survey: 1e6 + records,
        extract: 2e6 + records + 2000 * 4,
        reduce: 3e6 + records + 2000 * 16 * 4,
        cluster: 4e6 + records + 2000 * (16 * 4 + 28),
        train: 5e6 + records + 2000 * 12,
      });
    }),
);

effectTest(
  "estimate() lets decoded images take no more memory than the cache may",
  () =>
    Effect.gen(function* () {
      const plan = yield* planOf(1000, { cacheBytes: 50_000 });
      const { memory } = estimate(plan, [profile]);
      assert.equal(memory.survey, 1e6 + 50_000 - 128 * 100 + 872 * 84);
    }),
);

effectTest(
  "estimate() tells the time of each phase from its constant part and its units",
  () =>
    Effect.gen(function* () {
      const { ms, totalMs } = estimate(yield* planOf(2000), [profile]);
      const operations = 2 * 512 * (512 + 2 * 16);
      assert.deepEqual(ms, {
        survey: 300 - 128 * 2 + 2000 * 2,
        extract: 50 - 15 * 2 + 2000 * 2,
        // Whole, and the products of 1000 further rows at 1e6 a millisecond.
        reduce: 400 + 1000 * operations / 1e6,
        // Two iterations and the last assignment were tried.
        cluster: 100 - 3 * 30 + 21 * 30 * 2,
        // 200 steps of 10 images.
        train: 70 - 30 * 2 + 2000 * 2,
      });
      const epoch = ms.extract + ms.reduce + ms.cluster + ms.train;
      assert.equal(totalMs, ms.survey + 5 * epoch);
    }),
);

effectTest(
  "estimate() counts the files of a run when there are most of them",
  () =>
    Effect.gen(function* () {
      const { disk, finalDisk } = estimate(yield* planOf(1000), [profile]);
      // Three ends of epochs with their clusters, and six tables.
      const kept = 3 * (7000 + 500) + 6 * 2000;
      assert.deepEqual(disk, {
        features: kept + 1000 * 512 * 4 + 600,
        cluster: kept + 600 + 500,
        train: kept + 500 + 7000,
      });
      assert.equal(finalDisk, kept);
    }),
);

effectTest(
  "estimate() counts the first checkpoint while there are fewer epochs than are kept",
  () =>
    Effect.gen(function* () {
      const plan = yield* planOf(1000, { keep: 6 });
      const { disk, finalDisk } = estimate(plan, [profile]);
      assert.equal(finalDisk, 4000 + 5 * 7500 + 12_000);
      assert.equal(disk.train, 4000 + 5 * 7500 + 12_000);
    }),
);

effectTest(
  "estimate() counts what a long epoch and a long clustering save in between",
  () =>
    Effect.gen(function* () {
      const plan = yield* planOf(1000, { saveEveryMs: 300 });
      const { disk, ms } = estimate(plan, [profile]);
      assert.equal(Math.floor(ms.cluster / 300), 2);
      const kept = 3 * 7500 + 12_000;
      assert.equal(disk.cluster, kept + 600 + 3 * 500);
      assert.equal(disk.train, kept + 500 + 3 * 7000);
    }),
);

effectTest(
  "estimate() extends memory to the batch of the run",
  () =>
    Effect.gen(function* () {
      const smaller: ProfileRun = {
        ...profile,
        sizes: { batch: 5, extractBatch: 5 },
        laps: { ...profile.laps, train: lap(4.5e6, 70, 15, 2) },
      };
      const plan = yield* planOf(1000);
      const configuration = { ...plan.configuration, batch: 20 };
      const { memory } = estimate({ ...plan, configuration }, [
        profile,
        smaller,
      ]);
      assert.equal(memory.train, 5e6 + 10 * 1e5 + 160_448);
    }),
);

effectTest(
  "estimate() counts the threads of a large clustering",
  () =>
    Effect.gen(function* () {
      const plan = yield* planOf(2 ** 28);
      const [one, two] = [1, 2].map((threads) =>
        estimate(
          { ...plan, configuration: { ...plan.configuration, threads } },
          [profile],
        ).memory
      );
      const points = 4 * 16 * 2 ** 28;
      assert.ok(two!.cluster - one!.cluster > points);
      assert.equal(two!.train, one!.train);
    }),
);
