import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { parseVocSettings } from "./settings.ts";
import assert from "node:assert/strict";

effectTest(
  "parseVocSettings() fills in the values of the paper and of its code",
  () =>
    Effect.gen(function* () {
      assert.deepEqual(yield* parseVocSettings({}), {
        split: "trainval",
        layers: "fc6-8",
        freezeBatchNormScales: false,
        iterations: 80_000,
        batch: 16,
        learningRate: 0.003,
        halveEvery: 5000,
        momentum: 0.9,
        weightDecay: 1e-6,
        clipNorm: 10,
        cropScale: [0.1, 0.5],
        crops: "random",
        seed: 31,
      });
    }),
);

effectTest(
  "parseVocSettings() names every field that breaks its rule",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        parseVocSettings({ layers: "fc7", clipNorm: 0, colour: 1 }),
      );
      assert.equal(
        error.message,
        [
          "Cannot use the settings of VOC classification as they break rules:",
          '  layers must be "all" or "fc6-8" (was "fc7")',
          "  clipNorm must be positive (was 0)",
          "  colour must be removed",
        ].join("\n"),
      );
      const crops = yield* Effect.flip(
        parseVocSettings({ cropScale: [0.5, 0.25] }),
      );
      assert.match(crops.message, /cropScale must go from a smaller/);
    }),
);
