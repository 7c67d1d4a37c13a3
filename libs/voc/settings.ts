/**
 * The rules of VOC classification's settings.
 *
 * Paper: section 4.4, and the authors' `eval_voc_classif.py`.
 *
 * @module
 */
import { VocSettingsError } from "@deepcluster/datasets";
import { type } from "arktype";
import { Effect } from "effect";
import {
  vocPaperSettings as paper,
  type VocSettings,
} from "./paper_settings.ts";

/** The rules of the settings; a key that is not listed is an error. */
const Settings = type({
  "+": "reject",
  split: ["'trainval' | 'train'", "=", paper.split],
  layers: ["'fc6-8' | 'all'", "=", paper.layers],
  freezeBatchNormScales: ["boolean", "=", paper.freezeBatchNormScales],
  iterations: ["number.integer >= 0", "=", paper.iterations],
  batch: ["number.integer >= 1", "=", paper.batch],
  learningRate: ["number > 0", "=", paper.learningRate],
  halveEvery: ["number.integer >= 1", "=", paper.halveEvery],
  momentum: ["0 <= number < 1", "=", paper.momentum],
  weightDecay: ["number >= 0", "=", paper.weightDecay],
  clipNorm: ["number > 0", "=", paper.clipNorm],
  cropScale: [
    ["number > 0", "number <= 1"],
    "=",
    (): [number, number] => [...paper.cropScale],
  ],
  crops: ["'random' | 'fixed'", "=", paper.crops],
  seed: ["0 <= number.integer <= 4294967295", "=", paper.seed],
});

/**
 * Checks settings and fills in the paper's values.
 *
 * @param settings Plain data; a missing field takes its default.
 * @returns All settings, or `VocSettingsError` naming every field that breaks
 * its rule.
 *
 * @example The defaults are the paper's
 * ```ts
 * import { parseVocSettings } from "@deepcluster/voc";
 * import { Effect } from "effect";
import {
  type VocSettings,
  vocPaperSettings as paper,
} from "./paper_settings.ts";
 * import assert from "node:assert/strict";
 *
 * const paper = Effect.runSync(parseVocSettings({}));
 * assert.equal(paper.iterations, 80_000);
 * assert.deepEqual(paper.cropScale, [0.1, 0.5]);
 * ```
 */
export const parseVocSettings: (
  settings: unknown,
) => Effect.Effect<VocSettings, VocSettingsError> = Effect.fnUntraced(
  function* (
    settings,
  ) {
    const parsed = Settings(settings);
    if (parsed instanceof type.errors) {
      return yield* new VocSettingsError({
        problems: parsed.map((problem) => problem.message),
      });
    }
    const [least, most] = parsed.cropScale;
    if (least <= most) return parsed;
    return yield* new VocSettingsError({
      problems: [
        "cropScale must go from a smaller to a larger fraction " +
        `(was ${least} to ${most})`,
      ],
    });
  },
);
