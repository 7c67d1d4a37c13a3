import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { membersOf, splitByList, splitByShare } from "./splits.ts";
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
  "splitByShare() holds out its share of each class and keeps one",
  () =>
    Effect.gen(function* () {
      const { train, validation } = yield* splitByShare(labels, 0.2, 1);
      assert.deepEqual(sizes(validation), [[0, 8], [1, 1], [2, 1]]);
      assert.deepEqual(sizes(train), [[0, 32], [1, 6], [2, 1], [3, 1]]);
      const high = yield* splitByShare(labels, 0.99, 1);
      assert.deepEqual(sizes(high.train), [[0, 1], [1, 1], [2, 1], [3, 1]]);
    }),
);

effectTest(
  "splitByShare() gives every labelled image to one side, in order",
  () =>
    Effect.gen(function* () {
      const { train, validation } = yield* splitByShare(labels, 0.5, 3);
      const both = [...train, ...validation].sort((a, b) => a - b);
      assert.deepEqual(both, Array.from({ length: 50 }, (_, i) => i));
      assert.deepEqual([...train], [...train].sort((a, b) => a - b));
    }),
);

effectTest(
  "splitByShare() repeats for a seed and differs for another",
  () =>
    Effect.gen(function* () {
      const first = yield* splitByShare(labels, 0.5, 3);
      assert.deepEqual(yield* splitByShare(labels, 0.5, 3), first);
      assert.notDeepEqual(yield* splitByShare(labels, 0.5, 4), first);
    }),
);

effectTest(
  "splitByShare() of a class does not depend on other classes",
  () =>
    Effect.gen(function* () {
      const { validation } = yield* splitByShare(labels, 0.2, 1);
      const alone = labels.map((label) => label === 0 ? 0 : -1);
      const split = yield* splitByShare(alone, 0.2, 1);
      const ofClass0 = [...validation].filter((image) => labels[image] === 0);
      assert.deepEqual([...split.validation], ofClass0);
    }),
);

effectTest(
  "splitByShare() refuses a share of 1",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(splitByShare(labels, 1, 0));
      assert.equal(
        error.message,
        "Cannot split as share must be above 0, below 1: current value is " +
          "share=1",
      );
    }),
);

effectTest(
  "splitByList() holds out the images listed",
  () =>
    Effect.gen(function* () {
      const split = yield* splitByList(["a", "b", "c", "d"], ["d", "b"]);
      assert.deepEqual([...split.train], [0, 2]);
      assert.deepEqual([...split.validation], [1, 3]);
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
