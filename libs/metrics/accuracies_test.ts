import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { accuracies } from "./accuracies.ts";
import assert from "node:assert/strict";

effectTest(
  "accuracies() gives top-5 and its own interval with more than five classes",
  () =>
    Effect.gen(function* () {
      // Of 100 images 40 are first, 40 second, 20 sixth.
      const ranks = Int32Array.from(
        { length: 100 },
        (_, i) => i < 40 ? 0 : i < 80 ? 1 : 5,
      );
      const [first, five] = yield* accuracies(ranks, 6, 1);
      assert.deepEqual(
        [first!.statistic, first!.value, five!.statistic, five!.value],
        ["top-1 accuracy", 0.4, "top-5 accuracy", 0.8],
      );
      // 1.96 deviations: sqrt(0.4 * 0.6 / 100), sqrt(0.8 * 0.2 / 100).
      for (
        const [found, half] of [[first!, 0.096], [five!, 0.078]] as const
      ) {
        const { low, high } = found.interval!;
        assert.ok(Math.abs((high - low) / 2 - half) < 0.012, `${low} ${high}`);
        assert.ok(low < found.value && found.value < high);
      }
      const few = yield* accuracies(ranks, 5, 1);
      assert.deepEqual(few.map(({ statistic }) => statistic), [
        "top-1 accuracy",
      ]);
    }),
);
