/**
 * The settings of VOC classification, with the paper's values as defaults.
 *
 * Paper: section 4.4, and the authors' `eval_voc_classif.py`.
 *
 * @module
 */
import { VocSettingsError } from "@deepcluster/datasets";
import { type } from "arktype";
import { Effect } from "effect";

/** The rules of the settings; a key that is not listed is an error. */
const Settings = type({
  "+": "reject",
  /** Learn from `trainval` and evaluate on `test`, or from `train` on `val`. */
  split: "'trainval' | 'train' = 'trainval'",
  /** Train the fully connected layers only, or all. */
  layers: "'fc6-8' | 'all' = 'fc6-8'",
  /**
   * Keeps scales and shifts of batch normalisation as they are. The paper's
   * figures are without (their erratum); running statistics never move.
   */
  freezeBatchNormScales: "boolean = false",
  /** Steps of SGD. */
  iterations: "number.integer >= 0 = 80000",
  /** Images of a step. */
  batch: "number.integer >= 1 = 16",
  /** Learning rate of the first steps. */
  learningRate: "number > 0 = 0.003",
  /** Steps after which the learning rate is halved, again and again. */
  halveEvery: "number.integer >= 1 = 5000",
  /** Momentum of SGD. */
  momentum: "0 <= number < 1 = 0.9",
  /** Weight decay of SGD. */
  weightDecay: "number >= 0 = 0.000001",
  /** Largest length of all gradients together. */
  clipNorm: "number > 0 = 10",
  /** Smallest and largest fraction of the image's area in a random crop. */
  cropScale: [
    ["number > 0", "number <= 1"],
    "=",
    (): [number, number] => [0.1, 0.5],
  ],
  /** Scores add up over ten random crops, or corners, centre and mirrors. */
  crops: "'random' | 'fixed' = 'random'",
  /** Names every random draw. */
  seed: "0 <= number.integer <= 4294967295 = 31",
});

/** Complete settings. */
export type VocSettings = typeof Settings.infer;

/** The paper's settings. */
export const vocPaperSettings: VocSettings = Settings.assert({});

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
