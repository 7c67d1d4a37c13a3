import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import {
  averagePrecision,
  bestOf,
  correctOf,
  rankOf,
  topAccuracy,
} from "./metrics.ts";
import assert from "node:assert/strict";
import fixture from "./fixtures/metrics.json" with { type: "json" };

const close = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 1e-9, `${found}, ${expected}`);

for (const { name, scores, targets, area } of fixture) {
  effectTest(
    `averagePrecision() equals scikit-learn's for ${name}`,
    () =>
      Effect.gen(function* () {
        close((yield* averagePrecision(scores, targets)).area, area);
        const turned = yield* averagePrecision(
          scores.toReversed(),
          targets.toReversed(),
        );
        close(turned.area, area);
      }),
  );
}

effectTest(
  "averagePrecision() solves a case worked by hand",
  () =>
    Effect.gen(function* () {
      // Precisions 1, 1/2, 2/3, 1/2, 3/5 at recalls 1/3, 1/3, 2/3, 2/3, 1.
      const found = yield* averagePrecision(
        [9, 8, 7, 6, 5],
        [1, 0, 1, 0, 1],
      );
      close(found.area, (1 + 2 / 3 + 3 / 5) / 3);
      // Recalls 0 to 0.3 reach 1, 0.4 to 0.6 reach 2/3, 0.7 to 1 reach 3/5.
      close(found.elevenPoint, (4 * 1 + 3 * (2 / 3) + 4 * (3 / 5)) / 11);
    }),
);

effectTest(
  "averagePrecision() reaches recall 0.3 with three of ten",
  () =>
    Effect.gen(function* () {
      const scores = Array.from({ length: 13 }, (_, i) => -i);
      const targets = [1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1];
      const { elevenPoint } = yield* averagePrecision(scores, targets);
      close(elevenPoint, (4 * 1 + 7 * (10 / 13)) / 11);
    }),
);

effectTest(
  "averagePrecision() leaves out images with a negative target",
  () =>
    Effect.gen(function* () {
      const all = yield* averagePrecision([4, 3, 2, 1], [1, -1, 0, 1]);
      assert.deepEqual(all, yield* averagePrecision([4, 2, 1], [1, 0, 1]));
    }),
);

effectTest(
  "averagePrecision() takes 300 000 images",
  () =>
    Effect.gen(function* () {
      const scores = Float32Array.from({ length: 300_000 }, (_, i) => -i);
      const targets = new Int32Array(300_000).fill(1);
      const found = yield* averagePrecision(scores, targets);
      close(found.elevenPoint, 1);
      close(found.area, 1);
    }),
);

effectTest(
  "averagePrecision() refuses a class without images",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(averagePrecision([1, 2, 3], [0, 0, -1]));
      assert.equal(
        error.message,
        "Cannot compute average precision as at least one target must be " +
          "positive: current values are targets=2, positives=0",
      );
    }),
);

effectTest(
  "averagePrecision() refuses scores of other images",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(averagePrecision([1, 2, 3], [0, 1]));
      assert.equal(
        error.message,
        "Cannot compute average precision as targets and scores must be equal " +
          "in number: current values are expected=2, actual=3",
      );
    }),
);

Deno.test("rankOf() puts the lower of two equal classes first, as bestOf()", () => {
  const scores = [0.1, 0.4, 0.4, 0.1];
  assert.deepEqual([0, 1, 2, 3].map((c) => rankOf(scores, c)), [2, 0, 1, 3]);
  assert.equal(bestOf(scores), 1);
});

Deno.test("topAccuracy() counts ranks below k", () => {
  assert.equal(topAccuracy([0, 1, 4, 5], 1), 0.25);
  assert.equal(topAccuracy([0, 1, 4, 5], 5), 0.75);
});

Deno.test("correctOf() marks the images among the first k", () => {
  const ranks = Int32Array.of(0, 1, 4, 5);
  assert.deepEqual([...correctOf(ranks)], [1, 0, 0, 0]);
  assert.deepEqual([...correctOf(ranks, 5)], [1, 1, 1, 0]);
});
