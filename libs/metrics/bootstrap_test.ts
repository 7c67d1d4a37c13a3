import { draws } from "@deepcluster/core";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { bootstrapInterval, quantileOf } from "./bootstrap.ts";
import assert from "node:assert/strict";

Deno.test("quantileOf() interpolates as NumPy does", () => {
  // numpy.quantile([1, 2, 4, 8], [0, 0.1, 0.5, 0.975, 1])
  const found = [0, 0.1, 0.5, 0.975, 1].map((fraction) =>
    quantileOf([1, 2, 4, 8], fraction)
  );
  [1, 1.3, 3, 7.7, 8].forEach((expected, i) =>
    assert.ok(Math.abs(found[i]! - expected) < 1e-12, `${found[i]}`)
  );
  assert.equal(quantileOf([3], 0.975), 3);
});

effectTest(
  "bootstrapInterval() of equal values has no width",
  () =>
    Effect.gen(function* () {
      assert.deepEqual(yield* bootstrapInterval([1, 1, 1], 5), {
        mean: 1,
        low: 1,
        high: 1,
      });
    }),
);

effectTest(
  "bootstrapInterval() is as wide as the normal distribution says",
  () =>
    Effect.gen(function* () {
      const { normal } = draws(0, "bootstrap test");
      const values = Array.from({ length: 900 }, () => 5 + 3 * normal());
      const found = yield* bootstrapInterval(values, 1, {
        resamples: 4000,
        confidence: 0.9,
      });
      // 1.645 deviations of 3 / sqrt(900) on each side.
      const half = (found.high - found.low) / 2;
      assert.ok(Math.abs(half - 0.1645) < 0.01, `${half}`);
      const middle = (found.high + found.low) / 2;
      assert.ok(Math.abs(middle - found.mean) < 0.01);
    }),
);

effectTest(
  "bootstrapInterval() covers the truth in 95 of 100 samples, or nearly so",
  () =>
    Effect.gen(function* () {
      let covered = 0;
      for (let sample = 0; sample < 400; sample++) {
        const { uniform } = draws(sample, "coverage");
        const correct = Array.from(
          { length: 120 },
          () => uniform() < 0.7 ? 1 : 0,
        );
        const { low, high } = yield* bootstrapInterval(correct, sample, {
          resamples: 300,
        });
        if (low <= 0.7 && 0.7 <= high) covered++;
      }
      assert.ok(covered >= 364 && covered <= 392, `${covered} of 400`);
    }),
);

effectTest(
  "bootstrapInterval() repeats for a seed and differs for another",
  () =>
    Effect.gen(function* () {
      const values = Array.from({ length: 50 }, (_, i) => i);
      const first = yield* bootstrapInterval(values, 1);
      assert.deepEqual(yield* bootstrapInterval(values, 1), first);
      assert.notDeepEqual(yield* bootstrapInterval(values, 2), first);
    }),
);

effectTest(
  "bootstrapInterval() says what is wrong",
  () =>
    Effect.gen(function* () {
      const refusal = (values: number[], options = {}) =>
        Effect.flip(bootstrapInterval(values, 0, options)).pipe(
          Effect.map(({ message }) => message),
        );
      assert.equal(
        yield* refusal([]),
        "Cannot draw a bootstrap interval as images must be an integer >= 1: " +
          "current value is images=0",
      );
      assert.match(yield* refusal([1], { resamples: 0 }), /resamples=0$/);
      assert.match(yield* refusal([1], { confidence: 1 }), /confidence=1$/);
    }),
);
