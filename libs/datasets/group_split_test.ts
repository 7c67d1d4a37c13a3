import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { splitByGroups } from "./group_split.ts";
import assert from "node:assert/strict";

const groups = Int32Array.from(
  { length: 300 },
  (_, i) => i % 7 === 0 ? -1 : Math.floor(i / 6),
);

effectTest(
  "splitByGroups() tears no group apart and reaches the fraction by whole groups",
  () =>
    Effect.gen(function* () {
      const { train, test } = yield* splitByGroups(groups, 0.25, 3);
      const held = new Set([...test].map((image) => groups[image]));
      assert.ok([...train].every((image) => !held.has(groups[image])));
      const images = train.length + test.length;
      assert.equal(images, groups.filter((group) => group >= 0).length);
      assert.ok(test.length >= 0.25 * images);
      assert.ok(test.length < 0.25 * images + 6);
    }),
);

effectTest(
  "splitByGroups() repeats for a seed, differs for another",
  () =>
    Effect.gen(function* () {
      const first = yield* splitByGroups(groups, 0.25, 3);
      assert.deepEqual(yield* splitByGroups(groups, 0.25, 3), first);
      assert.notDeepEqual(yield* splitByGroups(groups, 0.25, 4), first);
    }),
);

effectTest(
  "splitByGroups() holds out the same groups whatever the order of the images",
  () =>
    Effect.gen(function* () {
      const heldOf = Effect.fnUntraced(function* (groups: Int32Array) {
        const { test } = yield* splitByGroups(groups, 0.25, 3);
        return new Set([...test].map((image) => groups[image]));
      });
      const held = yield* heldOf(groups);
      assert.deepEqual(yield* heldOf(groups.toReversed()), held);
    }),
);

effectTest(
  "splitByGroups() counts group 0, and no image without a group, in the fraction",
  () =>
    Effect.gen(function* () {
      const none = new Int32Array(40).fill(-1);
      const two = Int32Array.of(...none, 0, 0, 0, 0, 1, 1, 1, 1);
      for (const seed of [0, 1, 2, 3]) {
        const { train, test } = yield* splitByGroups(two, 0.5, seed);
        assert.deepEqual([train.length, test.length], [4, 4]);
      }
      const three = Int32Array.of(0, 0, 0, 0, 1, 2);
      for (const seed of [0, 1, 2, 3]) {
        const { test } = yield* splitByGroups(three, 0.5, seed);
        assert.ok(test.length >= 2, "half of 6 images, or all but group 0");
      }
    }),
);

effectTest(
  "splitByGroups() always leaves a group to learn from, and wants two",
  () =>
    Effect.gen(function* () {
      const two = Int32Array.of(0, 1, 1, 1);
      const { train } = yield* splitByGroups(two, 0.99, 1);
      assert.ok(train.length > 0);
      const one = yield* Effect.flip(
        splitByGroups(Int32Array.of(4, 4), 0.5, 1),
      );
      assert.match(one.message, /groups must be at least 2/);
      const testFraction = yield* Effect.flip(splitByGroups(two, 1, 1));
      assert.match(
        testFraction.message,
        /testFraction must be above 0, below 1/,
      );
    }),
);
