/**
 * Labels as they are found beside images. For evaluation only.
 *
 * @module
 */
import type { Labels } from "./source.ts";

/**
 * Numbers the class names of a source's images.
 *
 * @param classNames Of every image; `undefined` where there is none.
 * @returns Labels whose names are in the order of their code units, or
 * `undefined` when no image has one.
 *
 * @example Classes are numbered by name
 * ```ts
 * import { labelsFrom } from "@deepcluster/data";
 * import assert from "node:assert/strict";
 *
 * const labels = labelsFrom(["dog", "cat", undefined, "dog"]);
 * assert.deepEqual(labels?.names, ["cat", "dog"]);
 * assert.deepEqual(labels?.classes, Int32Array.of(1, 0, -1, 1));
 * ```
 */
export const labelsFrom = (
  classNames: readonly (string | undefined)[],
): Labels | undefined => {
  const numbers = new Map<string, number>();
  for (const name of classNames) {
    if (name !== undefined) numbers.set(name, -1);
  }
  if (numbers.size === 0) return undefined;
  const names = [...numbers.keys()].sort();
  names.forEach((name, number) => numbers.set(name, number));
  const classes = new Int32Array(classNames.length);
  for (let i = 0; i < classes.length; i++) {
    const name = classNames[i];
    classes[i] = name === undefined ? -1 : numbers.get(name)!;
  }
  return { names, classes };
};

/**
 * Labels of some of a source's images, such as the usable ones.
 *
 * @param labels Of all images.
 * @param sourceIndices Which images, by `sourceIndex`.
 * @returns Their labels, in the order of `sourceIndices`.
 */
export const labelsAt = (
  labels: Labels,
  sourceIndices: Int32Array,
): Labels => ({
  names: labels.names,
  classes: sourceIndices.map((sourceIndex) => labels.classes[sourceIndex]!),
});
