/**
 * Linear probes on a handful of labelled images.
 *
 * Not in the paper. Each probe sees so few images that it is trained for a
 * number of steps instead of epochs: 90 epochs of ten images would be 90 steps.
 *
 * @module
 */
import { draws, type OptionError, requireCount } from "@deepcluster/core";
import { membersOf } from "@deepcluster/datasets";
import {
  type Labelled,
  requireTest,
  requireTraining,
  subsetOf,
} from "@deepcluster/features";
import type { Skipped } from "@deepcluster/metrics";
import { Effect } from "effect";
import { TooFewShotsError } from "../errors.ts";
import { linearProbe } from "../linear_probe/linear_probe.ts";
import type { ProbeOptions } from "../linear_probe/probe_options.ts";

/** How {@link lowShot} draws and trains; all may be left out. */
export interface LowShotOptions
  extends Omit<ProbeOptions, "seed" | "epochs" | "save" | "saveEveryMs"> {
  /** Training images of each class. Default: {@link defaultShots}. */
  readonly shots?: readonly number[];
  /** Each draws images and first weights. Default: `[0, 1, 2, 3, 4]`. */
  readonly seeds?: readonly number[];
  /** Steps of each probe, at least, to the end of an epoch; 1000 if absent. */
  readonly steps?: number;
}

/**
 * The numbers of images of a class where nothing is asked for: 1, 5 and 10, as
 * far as every class has training images.
 *
 * @param training Classes of the training images.
 * @returns The numbers, and those that were left out.
 */
export const defaultShots = (
  { labels, classNames }: Pick<Labelled<unknown>, "labels" | "classNames">,
): {
  readonly shots: readonly number[];
  readonly skipped: readonly Skipped[];
} => {
  const usual = [1, 5, 10];
  const [smallest, images] = [...membersOf(labels)]
    .map(([label, { length }]) => [label, length] as const)
    .reduce((least, one) => one[1] < least[1] ? one : least, [-1, Infinity]);
  const name = classNames?.[smallest] ?? smallest;
  return {
    shots: usual.filter((shots) => shots <= images),
    skipped: usual.filter((shots) => shots > images).map((shots) => ({
      what: `linear, ${shots} images a class`,
      reason: `class ${name} has ${images} to learn from`,
    })),
  };
};

/** What one number of labelled images says. */
export interface LowShotResult {
  /** Training images of each class. */
  readonly shots: number;
  /** Mean accuracy over the seeds. */
  readonly mean: number;
  /** Sample deviation over the seeds (n - 1); absent with one seed. */
  readonly deviation?: number;
  /** Accuracy of each seed, in their order. */
  readonly top1s: readonly number[];
}

/**
 * Trains linear probes on few images of each class.
 *
 * The images of a class that a seed draws depend on seed, class and shots
 * only. Time and memory are those of `shots * seeds` linear probes.
 *
 * @param train Finite features to draw from.
 * @param test Finite features to evaluate on, as for `linearProbe`.
 * @param options See {@link LowShotOptions}.
 * @returns A result for each number of images, in the order given, or
 * `TooFewShotsError` naming a class that has fewer, or the errors of
 * `linearProbe`.
 */
export const lowShot = Effect.fn("lowShot")(function* <E = never, F = never>(
  train: Labelled<E>,
  test: Labelled<F>,
  options: LowShotOptions = {},
) {
  const {
    shots: numbers = defaultShots(train).shots,
    seeds = [0, 1, 2, 3, 4],
    steps = 1000,
    ...probing
  } = options;
  yield* requireTraining(action, train);
  yield* requireTest(action, train, test, probing.crops);
  yield* requireCount(action, "seeds", seeds.length, 1);
  yield* requireCount(action, "steps", steps, 1);
  yield* requireShots(train, numbers);
  const { batch = 256 } = probing;
  const top1Of = Effect.fnUntraced(function* (shots: number, seed: number) {
    const few = subsetOf(train, drawn(train, shots, seed));
    const epochs = Math.ceil(steps / Math.ceil(few.labels.length / batch));
    const settings = { ...probing, epochs, seed };
    return (yield* linearProbe(few, test, settings)).top1;
  });
  return yield* Effect.forEach(numbers, (shots) =>
    Effect.map(
      Effect.forEach(seeds, (seed) => top1Of(shots, seed)),
      (top1s): LowShotResult => ({ shots, top1s, ...momentsOf(top1s) }),
    ));
});

/** What is refused, in messages. */
export const action = "train on few images";

/** What {@link requireShots} fails with. */
export type RequireShotsError = TooFewShotsError | OptionError;

/**
 * Checks that every class has as many images as are to be drawn of it.
 *
 * @param train Classes of the training images, and their names.
 * @param numbers Images of each class.
 * @returns Nothing, or `TooFewShotsError` or `OptionError`.
 */
export const requireShots: (
  train: Pick<Labelled<unknown>, "labels" | "classNames">,
  numbers: readonly number[],
) => Effect.Effect<void, RequireShotsError> = Effect.fnUntraced(function* (
  { labels, classNames },
  numbers,
) {
  for (const shots of numbers) {
    yield* requireCount(action, "shots", shots, 1);
    for (const [label, { length }] of membersOf(labels)) {
      if (length >= shots) continue;
      return yield* new TooFewShotsError({
        class: classNames?.[label] ?? String(label),
        images: length,
        shots,
      });
    }
  }
});

/** `shots` images of each class. */
const drawn = (
  { labels }: Labelled<unknown>,
  shots: number,
  seed: number,
): Int32Array =>
  Int32Array.from(
    [...membersOf(labels)].flatMap(([label, members]) =>
      [...draws(seed, "low-shot", label, shots).sample(shots, members.length)]
        .map((at) => members[at]!)
    ),
  );

const momentsOf = (
  values: readonly number[],
): Pick<LowShotResult, "mean" | "deviation"> => {
  const { length } = values;
  const mean = values.reduce((sum, value) => sum + value, 0) / length;
  if (length === 1) return { mean };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (length - 1)) };
};
