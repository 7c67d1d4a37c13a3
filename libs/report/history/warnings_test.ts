import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import {
  healthyEpochs,
  type MadeEpoch,
  type MadeRun,
  madeRun,
} from "./made_run_testing.ts";
import { readRunHistory } from "./read_run_history.ts";
import { warningsOf } from "./warnings.ts";
import assert from "node:assert/strict";

const warningsFor = Effect.fnUntraced(function* (run: MadeRun) {
  return warningsOf(yield* readRunHistory(yield* madeRun(run)));
});

effectTest(
  "a run that learns has no warning, in any of its epochs",
  () =>
    Effect.gen(function* () {
      for (const count of [0, 1, 2, 5]) {
        const epochs = healthyEpochs(count);
        assert.deepEqual(yield* warningsFor({ epochs }), [], `${count} epochs`);
      }
    }),
);

/** A healthy run of four epochs but for what is said of the newest. */
const withNewest = (change: Partial<MadeEpoch>): MadeRun => {
  const epochs = healthyEpochs(4);
  return { epochs: [...epochs.slice(0, 3), { ...epochs[3]!, ...change }] };
};

const trained = (loss: number, accuracy: number, steps = 200) => ({
  training: { loss, accuracy, steps },
});

/** Each fault, with all that is said of it. */
const faults: Readonly<Record<string, readonly [MadeRun, ...RegExp[]]>> = {
  "training-diverges": [
    withNewest(trained(3.6, 0.05)),
    /^The training diverges: in epoch 4 the loss is 3\.600, worse than ln k = 2\.996, that of guessing among 20 clusters$/,
    /^start a new run with a lower --learning-rate: this one has 0\.05$/,
  ],
  "head-learns-nothing": [
    {
      epochs: healthyEpochs(3).map((epoch) => ({
        ...epoch,
        ...trained(2.98, 0.06),
      })),
    },
    /^The head learns nothing: in epoch 3 the loss is 2\.980, near ln k = 2\.996, that of guessing among 20 clusters$/,
    /^try a --learning-rate of 0\.005 and of 0\.5: this run has 0\.05$/,
  ],
  "loss-rises": [
    withNewest(trained(2.7, 0.2)),
    /^The loss rises: 2\.700 in epoch 4, after 2\.300 in epoch 3$/,
    /lower --learning-rate/,
  ],
  "clusters-trivial": [
    withNewest(trained(0.1, 0.985)),
    /^The clusters are trivial to tell apart: in epoch 4 the head puts 98\.5 % of the images/,
    /raise --clusters, which is 20/,
  ],
  "one-cluster-holds-most": [
    withNewest({ sizes: [430, ...Array(19).fill(30)] }),
    /^One cluster holds 43 % of the images in epoch 4: 430 of 1000$/,
    /--exclude/,
  ],
  "clusters-uneven": [
    withNewest({ sizes: [...Array(4).fill(195), ...Array(36).fill(6)] }),
    /^The clusters are uneven in epoch 4: their imbalance is 6\.19, where 1 is even, and the 10 largest hold 81\.9 % of the images$/,
    /blank or repeated/,
  ],
  "empty-clusters": [
    withNewest({ sizes: [...Array(18).fill(55), 0, 0] }),
    /^2 of 20 clusters are empty in epoch 4$/,
    /lower --clusters/,
  ],
  "many-splits": [
    withNewest({ splits: 9 }),
    /^k-means had to fill empty clusters 9 times .* in epoch 4, for 20 clusters$/,
    /lower --clusters/,
  ],
  "few-images-per-cluster": [
    withNewest({ sizes: Array(20).fill(6) }),
    /^There are 6\.0 images to a cluster \(120 images, --clusters 20\)/,
    /^use --clusters 12 or lower$/,
  ],
  "small-clusters": [
    withNewest({ sizes: [...Array(17).fill(58), 1, 2, 3] }),
    /^3 of 20 clusters hold fewer than 4 images in epoch 4/,
    /lower --clusters/,
  ],
  "noisy-dimensions": [
    {
      ...withNewest({ dimensions: 256 }),
      settings: { pca: 256, epochs: 4 },
    },
    /^PCA keeps 256 dimensions of 1000 images: with fewer than 10 images a dimension they are mostly noise/,
    /^use --pca 100 or lower$/,
  ],
  "clusters-by-chance": [
    {
      epochs: healthyEpochs(3).map((epoch, i) => ({
        ...epoch,
        ...i > 0 && { previous: [0.12, 0.85] as const },
      })),
    },
    /^The clusters of epoch 3 have little more to do with those of the epoch before than chance: NMI 0\.120, where chance gives 0\.0\d\d$/,
    /lower --clusters or --pca/,
  ],
  "nmi-to-previous-fell": [
    withNewest({ previous: [0.45, 0.7] }),
    /^NMI to the previous epoch fell to 0\.450 in epoch 4, from 0\.640 in epoch 3: the clusters come apart/,
    /lower --learning-rate/,
  ],
  "clusters-frozen": [
    withNewest({ previous: [0.997, 0.001] }),
    /^The clusters no longer change: 0\.1 % of the images were reassigned in epoch 4, NMI to the previous epoch 0\.997$/,
    /^more epochs give nothing new/,
  ],
  "nmi-to-labels-fell": [
    withNewest({ nmiToLabels: 0.25 }),
    /^NMI to the labels fell to 0\.250 in epoch 4, from 0\.340 in epoch 3, while the loss fell from 2\.300 to 2\.200/,
    /never trained on/,
  ],
  "unreadable-images": [
    {
      epochs: healthyEpochs(2),
      unreadable: Array.from({ length: 30 }, (_, i) => `${i}.png`),
    },
    /^2\.91 % of the images cannot be read and are left out: 30 of 1030$/,
    /unreadable\.tsv/,
  ],
  "training-slower": [
    withNewest({ trainSeconds: 40 }),
    /^Training fell to 25 images\/s in epoch 4, from 100 in the epochs before$/,
    /other programs/,
  ],
};

for (const [code, [run, text, advice]] of Object.entries(faults)) {
  effectTest(
    `warningsOf() says ${code} of a run that has it, and no more`,
    () =>
      Effect.gen(function* () {
        const warnings = yield* warningsFor(run);
        assert.deepEqual(warnings.map((warning) => warning.code), [code]);
        assert.match(warnings[0]!.text, text!);
        assert.match(warnings[0]!.advice, advice!);
      }),
  );
}

effectTest(
  "what healthy runs show at their limits is no fault",
  () =>
    Effect.gen(function* () {
      const quiet: readonly MadeRun[] = [
        // A first epoch of few steps is near ln k, but the head knows something.
        { epochs: [{ ...healthyEpochs(1)[0]!, ...trained(2.95, 0.12) }] },
        // The loss goes both ways by a little, for clusters are new.
        withNewest(trained(2.4, 0.2)),
        // Among four clusters one of half the images is no collapse.
        { epochs: [{ sizes: [500, 200, 200, 100], ...trained(1.1, 0.5) }] },
        withNewest({ splits: 3 }),
        withNewest({ sizes: [...Array(19).fill(52), 2] }),
        withNewest({ previous: [0.6, 0.5] }),
        // Merged clusters reassign nothing, yet they do change.
        withNewest({ previous: [0.9, 0] }),
        withNewest({ nmiToLabels: 0.33 }),
        withNewest({ nmiToLabels: 0.25, ...trained(2.4, 0.2) }),
        withNewest({ trainSeconds: 25 }),
        { epochs: healthyEpochs(2), unreadable: ["a.png", "b.png"] },
      ];
      for (const [i, run] of quiet.entries()) {
        assert.deepEqual(yield* warningsFor(run), [], `case ${i}`);
      }
    }),
);

effectTest(
  "an epoch of few steps is told to have more of them",
  () =>
    Effect.gen(function* () {
      const epochs = healthyEpochs(3)
        .map((epoch) => ({ ...epoch, ...trained(2.98, 0.06, 12) }));
      const single = healthyEpochs(3)
        .map((epoch) => ({ ...epoch, ...trained(2.98, 0.06, 1) }));
      assert.match(
        (yield* warningsFor({ epochs: single }))[0]!.advice,
        /^an epoch has only 1 step: /,
      );
      const [warning] = yield* warningsFor({ epochs });
      assert.equal(
        warning!.advice,
        "an epoch has only 12 steps: lower --batch or raise --reassign; or try " +
          "a --learning-rate of 0.005 and of 0.5: this run has 0.05",
      );
    }),
);

effectTest(
  "only one cluster is no head that learned everything",
  () =>
    Effect.gen(function* () {
      const warnings = yield* warningsFor({
        epochs: [{ sizes: [1000, ...Array(19).fill(0)], ...trained(0, 1) }],
      });
      assert.deepEqual(warnings.map(({ code }) => code), [
        "one-cluster-holds-most",
        "empty-clusters",
      ]);
      assert.match(warnings[0]!.text, /holds 100 % of the images/);
    }),
);
