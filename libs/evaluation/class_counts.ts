/**
 * How many classes there are to be told apart, and which of them nothing can
 * be learned about.
 *
 * @module
 */

/** Classes of both sides of a split, as tables tell them. */
export interface ClassCounts {
  /** Classes with an image on either side. */
  readonly classes: number;
  /** How many of them have no training image; absent when all have one. */
  readonly untrainedClasses?: number;
}

/**
 * Counts the classes of a split.
 *
 * A class without a training image is right by accident at most, so that its
 * test images lower a figure: it is told together with the number of such
 * classes.
 *
 * @param train Class of each training image; negative ones are not counted.
 * @param test Class of each test image, in the same numbering.
 * @returns The counts.
 *
 * @example Two classes, one of them on one side only
 * ```ts
 * import { classCounts } from "@deepcluster/evaluation";
 * import assert from "node:assert/strict";
 *
 * const counts = classCounts(Int32Array.of(0, 0, 4), Int32Array.of(0, 2));
 * assert.deepEqual(counts, { classes: 3, untrainedClasses: 1 });
 * ```
 */
export const classCounts = (
  train: Int32Array,
  test: Int32Array,
): ClassCounts => {
  const untrained = untrainedClasses(train, test).length;
  const classes = new Set(train.filter((label) => label >= 0)).size + untrained;
  return { classes, ...untrained > 0 && { untrainedClasses: untrained } };
};

/**
 * Classes of test images that no training image has.
 *
 * @param train Class of each training image.
 * @param test Class of each test image, in the same numbering.
 * @returns The classes, ascending.
 */
export const untrainedClasses = (
  train: Int32Array,
  test: Int32Array,
): readonly number[] => {
  const known = new Set(train);
  return [...new Set(test)]
    .filter((label) => label >= 0 && !known.has(label))
    .sort((a, b) => a - b);
};
