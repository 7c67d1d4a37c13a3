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
