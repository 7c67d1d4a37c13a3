/**
 * Which images are learned from, and which are held out to evaluate on.
 *
 * @module
 */
import { draws, type OptionError, requireOption } from "@deepcluster/core";
import { Effect } from "effect";
import { SplitListError } from "./errors.ts";

/** Positions of images, each ascending; no image is in both. */
export interface Split {
  /** Images to learn from. */
  readonly train: Int32Array;
  /** Images to evaluate on. */
  readonly test: Int32Array;
}

/**
 * Holds out a fraction of every class, at random.
 *
 * A class of c images gives `testFraction * c` of them, rounded, but keeps at least
 * one, and gives at least one where it has two. The draws of a class depend on
 * the seed and its number only, so that other classes may come and go. Images
 * without a label (a negative one) are in neither part.
 *
 * @param labels Class of each image `[n]`.
 * @param testFraction Held out, above 0 and below 1.
 * @param seed Names the draws.
 * @returns The split, or `OptionError` when the fraction is out of
 * range.
 *
 * @example A quarter of each of two classes
 * ```ts
 * import { splitByFraction } from "@deepcluster/datasets";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const labels = Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1);
 * const split = Effect.runSync(splitByFraction(labels, 0.25, 7));
 * assert.equal(split.train.length, 6);
 * const test = [...split.test].map((image) => labels[image]);
 * assert.deepEqual(test, [0, 1]);
 * ```
 */
export const splitByFraction: (
  labels: Int32Array,
  testFraction: number,
  seed: number,
) => Effect.Effect<Split, OptionError> = Effect.fn("splitByFraction")(
  function* (
    labels,
    testFraction,
    seed,
  ) {
    yield* requireTestFraction(testFraction);
    const heldOut = new Uint8Array(labels.length);
    for (const [label, members] of membersOf(labels)) {
      const count = heldOutOf(members.length, testFraction);
      for (
        const at of draws(seed, "split", label).sample(count, members.length)
      ) heldOut[members[at]!] = 1;
    }
    return splitWhere(labels.length, (i) => {
      if (labels[i]! < 0) return undefined;
      return heldOut[i] === 1 ? "test" : "train";
    });
  },
);

/**
 * Holds out the images of a list.
 *
 * @param ids Name of each image `[n]`, such as its path.
 * @param heldOut Names of those to evaluate on; the order does not matter.
 * @returns The split, or `SplitListError` when a name of the list is no
 * image's, stands twice, or nothing is left on either side.
 */
export const splitByList: (
  ids: readonly string[],
  heldOut: readonly string[],
) => Effect.Effect<Split, SplitListError> = Effect.fn("splitByList")(function* (
  ids,
  heldOut,
) {
  const known = new Set(ids);
  const listed = new Set<string>();
  for (const id of heldOut) {
    if (!known.has(id)) {
      const rule = "every entry must be an image";
      return yield* new SplitListError({ rule, present: id });
    }
    if (listed.has(id)) {
      const rule = "every entry must stand once";
      return yield* new SplitListError({ rule, present: id });
    }
    listed.add(id);
  }
  const split = splitWhere(
    ids.length,
    (i) => listed.has(ids[i]!) ? "test" : "train",
  );
  if (split.train.length > 0 && split.test.length > 0) return split;
  return yield* new SplitListError({
    rule: "some images must be listed and some not",
    present: `${split.test.length} of ${ids.length} listed`,
  });
});

/**
 * Requires that a fraction of the images can be held out.
 *
 * @param testFraction The fraction.
 * @returns Nothing, or `OptionError` unless it is above 0 and below 1.
 */
export const requireTestFraction = (
  testFraction: number,
): Effect.Effect<void, OptionError> =>
  requireOption(
    "split",
    "testFraction",
    "above 0, below 1",
    testFraction,
    testFraction > 0 && testFraction < 1,
  );

/**
 * Positions of the images of every class.
 *
 * @param labels `[n]`; negative ones are left out.
 * @returns Ascending positions by class, classes ascending.
 */
export const membersOf = (
  labels: Int32Array,
): ReadonlyMap<number, readonly number[]> => {
  const members = new Map<number, number[]>();
  labels.forEach((label, image) => {
    if (label < 0) return;
    const known = members.get(label);
    if (known === undefined) members.set(label, [image]);
    else known.push(image);
  });
  return new Map([...members].sort(([a], [b]) => a - b));
};

const heldOutOf = (images: number, testFraction: number): number =>
  images < 2
    ? 0
    : Math.min(images - 1, Math.max(1, Math.round(testFraction * images)));

const splitWhere = (
  images: number,
  sideOf: (image: number) => keyof Split | undefined,
): Split => {
  const sides = { train: [] as number[], test: [] as number[] };
  for (let i = 0; i < images; i++) {
    const side = sideOf(i);
    if (side !== undefined) sides[side].push(i);
  }
  return {
    train: Int32Array.from(sides.train),
    test: Int32Array.from(sides.test),
  };
};
