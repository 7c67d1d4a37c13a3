import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { membersOf, splitByFraction, splitByList } from "./splits.ts";
import assert from "node:assert/strict";

/** 40 images of class 0, 7 of class 1, 2 of class 2, 1 of class 3, 3 without. */
const labels = Int32Array.from(
  [[0, 40], [1, 7], [2, 2], [3, 1], [-1, 3]].flatMap(([label, count]) =>
    Array.from({ length: count! }, () => label!)
  ),
);

const sizes = (images: Int32Array) =>
  [...membersOf(images.map((image) => labels[image]!))]
    .map(([label, members]) => [label, members.length]);

effectTest(
  "splitByFraction() holds out its fraction of each class and keeps one",
  () =>
    Effect.gen(function* () {
      const { train, test } = yield* splitByFraction(labels, 0.2, 1);
      assert.deepEqual(sizes(test), [[0, 8], [1, 1], [2, 1]]);
      assert.deepEqual(sizes(train), [[0, 32], [1, 6], [2, 1], [3, 1]]);
      const high = yield* splitByFraction(labels, 0.99, 1);
      assert.deepEqual(sizes(high.train), [[0, 1], [1, 1], [2, 1], [3, 1]]);
    }),
);

effectTest(
  "splitByFraction() gives every labelled image to one side, in order",
  () =>
    Effect.gen(function* () {
      const { train, test } = yield* splitByFraction(labels, 0.5, 3);
      const both = [...train, ...test].sort((a, b) => a - b);
      assert.deepEqual(both, Array.from({ length: 50 }, (_, i) => i));
      assert.deepEqual([...train], [...train].sort((a, b) => a - b));
    }),
);

effectTest(
  "splitByFraction() repeats for a seed and differs for another",
  () =>
    Effect.gen(function* () {
      const first = yield* splitByFraction(labels, 0.5, 3);
      assert.deepEqual(yield* splitByFraction(labels, 0.5, 3), first);
      assert.notDeepEqual(yield* splitByFraction(labels, 0.5, 4), first);
    }),
);

effectTest(
  "splitByFraction() of a class does not depend on other classes",
  () =>
    Effect.gen(function* () {
      const { test } = yield* splitByFraction(labels, 0.2, 1);
      const alone = labels.map((label) => label === 0 ? 0 : -1);
      const split = yield* splitByFraction(alone, 0.2, 1);
      const ofClass0 = [...test].filter((image) => labels[image] === 0);
      assert.deepEqual([...split.test], ofClass0);
    }),
);

effectTest(
  "splitByFraction() refuses a fraction of 0 and of 1",
  () =>
    Effect.gen(function* () {
      for (const testFraction of [0, 1]) {
        const error = yield* Effect.flip(
          splitByFraction(labels, testFraction, 0),
        );
        assert.equal(
          error.message,
          "Cannot split as testFraction must be above 0, below 1: current " +
            `value is testFraction=${testFraction}`,
        );
      }
    }),
);

effectTest(
  "splitByList() holds out the images listed",
  () =>
    Effect.gen(function* () {
      const split = yield* splitByList(["a", "b", "c", "d"], ["d", "b"]);
      assert.deepEqual([...split.train], [0, 2]);
      assert.deepEqual([...split.test], [1, 3]);
      const two = yield* splitByList(["a", "b"], ["a"]);
      assert.deepEqual([...two.train, ...two.test], [1, 0]);
    }),
);

effectTest(
  "splitByList() refuses strangers, repetitions and empty sides",
  () =>
    Effect.gen(function* () {
      const refusal = (heldOut: readonly string[]) =>
        Effect.flip(splitByList(["a", "b"], heldOut)).pipe(
          Effect.map(({ message }) => message),
        );
      assert.equal(
        yield* refusal(["c"]),
        "Cannot split by list as every entry must be an image: current value " +
          "is c",
      );
      assert.match(yield* refusal(["a", "a"]), /stand once: .* is a$/);
      assert.match(yield* refusal([]), /current value is 0 of 2 listed$/);
      assert.match(yield* refusal(["a", "b"]), /is 2 of 2 listed$/);
    }),
);
