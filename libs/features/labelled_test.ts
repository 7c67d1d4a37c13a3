import { effectTest, labelled } from "@deepcluster/test";
import { Effect } from "effect";
import { type Labelled, requireTest, requireTraining } from "./labelled.ts";
import assert from "node:assert/strict";

const three = (labels: readonly number[], classes = 3): Labelled =>
  labelled(labels, labels, classes);

const refusal = (train: Labelled) =>
  Effect.flip(requireTraining("evaluate", train)).pipe(
    Effect.map(({ message }) => message),
  );

effectTest(
  "requireTraining() lets labelled images of every class through",
  () => requireTraining("evaluate", three([0, 2, 1, 1])),
);

effectTest(
  "requireTraining() counts images without a label",
  () =>
    Effect.gen(function* () {
      assert.equal(
        yield* refusal(three([0, 1, -1, 2, -1])),
        "Cannot evaluate as every image must have a label: current values are " +
          "images=5, unlabelled=2, first unlabelled=2",
      );
    }),
);

effectTest(
  "requireTraining() names a label that is no class",
  () =>
    Effect.gen(function* () {
      assert.equal(
        yield* refusal(three([0, 1, 3])),
        "Cannot evaluate as every label must be below classes: current values are " +
          "label=3, image=2, classes=3",
      );
    }),
);

effectTest(
  "requireTraining() lets classes without a training image through",
  () => requireTraining("evaluate", three([0, 2, 2], 4)),
);

effectTest(
  "requireTraining() refuses training images that are all of one class",
  () =>
    Effect.gen(function* () {
      assert.equal(
        yield* refusal(three([2, 2], 4)),
        "Cannot evaluate as there must be at least 2 classes among the training " +
          "images: current value is classes=1",
      );
    }),
);

effectTest(
  "requireTraining() refuses a single class",
  () =>
    Effect.gen(function* () {
      assert.equal(
        yield* refusal(three([0, 0], 1)),
        "Cannot evaluate as there must be at least 2 classes: current value is " +
          "classes=1",
      );
    }),
);

effectTest(
  "requireTraining() refuses labels of other images",
  () =>
    Effect.gen(function* () {
      const train = three([0, 1, 2]);
      const labels = Int32Array.of(0, 1);
      assert.equal(
        yield* refusal({ ...train, labels }),
        "Cannot evaluate as labels and features must be equal in number: current " +
          "values are expected=2, actual=3",
      );
    }),
);

effectTest(
  "requireTest() allows classes without images, and crops",
  () =>
    Effect.gen(function* () {
      const train = three([0, 1, 2]);
      yield* requireTest("evaluate", train, three([1, 1]));
      const crops = { ...three([1, 1, 0, 0]), labels: Int32Array.of(1, 0) };
      yield* requireTest("evaluate", train, crops, 2);
    }),
);

effectTest(
  "requireTest() refuses other classes, other features and no images",
  () =>
    Effect.gen(function* () {
      const train = three([0, 1, 2]);
      const against = (test: Labelled) =>
        Effect.flip(requireTest("evaluate", train, test)).pipe(
          Effect.map(({ message }) => message),
        );
      assert.match(yield* against(three([0, 1], 2)), /classes must be equal/);
      assert.match(
        yield* against(labelled([1, 2, 3, 4], [0, 1], 3)),
        /features of an image must be equal .* expected=1, actual=2$/,
      );
      assert.match(
        yield* against(three([])),
        /an image to learn from and one to evaluate on: .* images=0 /,
      );
    }),
);
