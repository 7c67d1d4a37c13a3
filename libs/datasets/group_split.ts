/**
 * Splits that keep together what belongs together, such as the drawings of one
 * emoji by several artists: what is evaluated on is then truly unseen.
 *
 * @module
 */
import { draws, type OptionError, requireOption } from "@deepcluster/core";
import { Effect } from "effect";
import { requireTestFraction, type Split } from "./splits.ts";

/**
 * Holds out whole groups, at random, until they make up a fraction of the images.
 *
 * Classes are not looked at: a rare one may lie on one side only. Images
 * without a group (a negative one) are in neither part.
 *
 * @param groups Group of each image `[n]`.
 * @param testFraction Held out, above 0 and below 1; reached by the last group held
 * out, and one group always stays.
 * @param seed Names the draws.
 * @returns The split, or `OptionError` when the fraction is out of
 * range, or there is only one group.
 *
 * @example Half of two groups
 * ```ts
 * import { splitByGroups } from "@deepcluster/datasets";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const groups = Int32Array.of(4, 4, 4, 9, 9, 9);
 * const { train, test } = Effect.runSync(splitByGroups(groups, 0.5, 1));
 * assert.equal(train.length, 3);
 * assert.equal(new Set([...test].map((image) => groups[image])).size, 1);
 * ```
 */
export const splitByGroups: (
  groups: Int32Array,
  testFraction: number,
  seed: number,
) => Effect.Effect<Split, OptionError> = Effect.fn("splitByGroups")(function* (
  groups,
  testFraction,
  seed,
) {
  yield* requireTestFraction(testFraction);
  const sizes = new Map<number, number>();
  for (const group of groups) {
    if (group >= 0) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  }
  const { size } = sizes;
  yield* requireOption("split", "groups", "at least 2", size, size >= 2);
  const images = groups.filter((group) => group >= 0).length;
  const order = draws(seed, "groups").shuffle(
    Int32Array.from([...sizes.keys()].sort((a, b) => a - b)),
  );
  const heldOut = new Set<number>();
  let held = 0;
  for (const group of order.subarray(0, size - 1)) {
    if (held >= testFraction * images) break;
    heldOut.add(group);
    held += sizes.get(group)!;
  }
  const positions = Int32Array.from(groups.keys())
    .filter((image) => groups[image]! >= 0);
  return {
    train: positions.filter((image) => !heldOut.has(groups[image]!)),
    test: positions.filter((image) => heldOut.has(groups[image]!)),
  };
});
