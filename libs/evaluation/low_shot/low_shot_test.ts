import { Progress, type RowReader } from "@deepcluster/core";
import { type Labelled, subsetOf } from "@deepcluster/features";
import { layerReference } from "@deepcluster/gpu-backend";
import { clouds, effectTest } from "@deepcluster/test";
import { Effect, Layer } from "effect";
import { linearProbe } from "../linear_probe/linear_probe.ts";
import { defaultShots, lowShot, type LowShotOptions } from "./low_shot.ts";
import assert from "node:assert/strict";

const layers = Layer.merge(layerReference, Progress.layerSilent);
const images = clouds("low shot", 60, 6, 3, 0.7);
const test = clouds("low shot test", 90, 6, 3, 0.7);

const evaluate = (options: LowShotOptions, train: Labelled = images) =>
  lowShot(train, test, options).pipe(Effect.provide(layers));

/** Notes which images are read. */
const noting = () => {
  const read: number[] = [];
  const features: RowReader = {
    ...images.features,
    read: (start, count) => {
      for (let i = 0; i < count; i++) read.push(start + i);
      return images.features.read(start, count);
    },
  };
  return { train: { ...images, features }, read };
};

effectTest(
  "lowShot() learns from that many images of each class, others each seed",
  () =>
    Effect.gen(function* () {
      const seen = [];
      for (const seed of [1, 2]) {
        const { train, read } = noting();
        yield* evaluate({ shots: [4], seeds: [seed], steps: 1 }, train);
        assert.equal(new Set(read).size, 12);
        const classes = read.map((image) => images.labels[image]!);
        assert.deepEqual(
          [0, 1, 2].map((c) => classes.filter((label) => label === c).length),
          [4, 4, 4],
        );
        seen.push(read.sort((a, b) => a - b));
      }
      assert.notDeepEqual(seen[0], seen[1]);
    }),
);

effectTest(
  "lowShot() is a linear probe of these images for that many steps",
  () =>
    Effect.gen(function* () {
      const { train, read } = noting();
      const options = { shots: [5], seeds: [3], steps: 21, batch: 10 };
      const [found] = yield* evaluate(options, train);
      // 15 images are two steps an epoch: 11 epochs.
      const alone = yield* linearProbe(
        subsetOf(images, Int32Array.from(read)),
        test,
        { seed: 3, epochs: 11, batch: 10 },
      ).pipe(Effect.provide(layers));
      assert.equal(alone.state.step, 22);
      assert.equal(found!.top1s[0], alone.top1);
    }),
);

effectTest(
  "lowShot() within less memory reads few rows at a time, and finds the same",
  () =>
    Effect.gen(function* () {
      const options = { shots: [10], seeds: [1], steps: 40, batch: 8 };
      const largestOf = Effect.fnUntraced(function* (memoryBytes?: number) {
        let largest = 0;
        const features: RowReader = {
          ...test.features,
          read: (start, count) => {
            largest = Math.max(largest, count);
            return test.features.read(start, count);
          },
        };
        const results = yield* lowShot(
          images,
          { ...test, features },
          memoryBytes === undefined ? options : { ...options, memoryBytes },
        ).pipe(Effect.provide(layers));
        return { largest, results };
      });
      // 8 bytes of working memory for each of the 6 values of a row.
      const small = yield* largestOf(20 * 6 * 8);
      const usual = yield* largestOf();
      assert.equal(small.largest, 20);
      assert.equal(usual.largest, 90);
      assert.deepEqual(small.results, usual.results);
    }),
);

effectTest(
  "lowShot() gives mean and deviation of the seeds, better with more images",
  () =>
    Effect.gen(function* () {
      const options = { shots: [1, 10], seeds: [1, 2, 3], steps: 200 };
      const [one, ten] = yield* evaluate(options);
      assert.deepEqual([one!.shots, ten!.shots], [1, 10]);
      const [a, b, c] = one!.top1s as [number, number, number];
      const mean = (a + b + c) / 3;
      assert.ok(Math.abs(one!.mean - mean) < 1e-12);
      const squares = (a - mean) ** 2 + (b - mean) ** 2 + (c - mean) ** 2;
      assert.ok(Math.abs(one!.deviation! - Math.sqrt(squares / 2)) < 1e-12);
      assert.ok(ten!.mean > one!.mean);
    }),
);

effectTest(
  "lowShot() of one seed has no deviation",
  () =>
    Effect.gen(function* () {
      const [found] = yield* evaluate({ shots: [1], seeds: [7], steps: 1 });
      assert.equal("deviation" in found!, false);
    }),
);

effectTest(
  "lowShot() names the class that has too few images",
  () =>
    Effect.gen(function* () {
      const few = {
        ...subsetOf(images, Int32Array.of(0, 1, 2, 3, 4, 6)),
        classNames: ["cat", "fox", "hen"],
      };
      const error = yield* Effect.flip(evaluate({ shots: [1, 2] }, few));
      assert.equal(
        error.message,
        "Cannot train on few images as --shots must be at most the number of " +
          "training images of every class: --shots 2, class hen has 1",
      );
    }),
);

effectTest(
  "lowShot() refuses no seeds and no shots",
  () =>
    Effect.gen(function* () {
      const refusal = (options: LowShotOptions) =>
        Effect.flip(evaluate(options)).pipe(
          Effect.map(({ message }) => message),
        );
      assert.match(yield* refusal({ seeds: [] }), /seeds must be an integer/);
      assert.match(yield* refusal({ shots: [0] }), /shots=0$/);
      assert.match(yield* refusal({ steps: 0 }), /steps=0$/);
    }),
);

effectTest(
  "defaultShots() leaves out what the smallest class has not, and names that class",
  () =>
    Effect.sync(() => {
      const training = (counts: readonly number[]) => ({
        labels: Int32Array.from(
          counts.flatMap((count, label) => Array<number>(count).fill(label)),
        ),
        classNames: ["cat", "fox", "hen"],
      });
      assert.deepEqual(defaultShots(training([12, 10, 11])), {
        shots: [1, 5, 10],
        skipped: [],
      });
      assert.deepEqual(defaultShots(training([12, 6, 11])), {
        shots: [1, 5],
        skipped: [{
          what: "linear, 10 images a class",
          reason: "class fox has 6 to learn from",
        }],
      });
      assert.deepEqual(defaultShots(training([3, 1, 4])).shots, [1]);
    }),
);
