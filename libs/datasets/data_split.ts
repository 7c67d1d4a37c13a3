/**
 * How labelled images come to be split: as they are given, by lists, by
 * groups, or at random by class.
 *
 * @module
 */
import { draws, OptionError } from "@deepcluster/core";
import type { LabelledSource } from "@deepcluster/data";
import type { StorageError } from "@deepcluster/storage";
import { Effect } from "effect";
import type { SplitListError } from "./errors.ts";
import { splitByGroups } from "./group_split.ts";
import { splitByFiles } from "./split_lists.ts";
import { type Split, splitByFraction } from "./splits.ts";

/** How images are split into those to learn from and those held out. */
export interface SplitOptions {
  /** Fraction held out where the images are not split already; 0.2 when absent. */
  readonly testFraction?: number;
  /** Column whose values stay together on one side; a manifest's. */
  readonly by?: string;
  /** File with the names of the images to learn from, see `splitByFiles`. */
  readonly trainList?: string;
  /** File with the names of the images held out, likewise. */
  readonly testList?: string;
  /** Images to learn from, drawn at random; all when absent. */
  readonly limit?: number;
  /**
   * Holds a fraction of the training images out in place of those held out else,
   * which then take no part: for choosing settings. False when absent.
   */
  readonly validation?: boolean;
}

/** Which images are learned from and which are held out. */
export interface SplitRule {
  /** Whether every seed gives another split. */
  readonly drawn: boolean;
  /** For tables: `given: train and val`, `20 % of every class held out`. */
  readonly description: string;
  /** The split of a seed; images without a label are on neither side. */
  readonly splitOf: (
    seed: number,
  ) => Effect.Effect<Split, OptionError>;
}

/** A split that is not drawn. */
export interface GivenSplit {
  /** Which images are on which side. */
  readonly split: Split;
  /** For tables: `given: train and val`. */
  readonly description: string;
}

/** What is known of the images besides their labels. */
export type Known =
  /** The images are split already, perhaps in another way for validation. */
  | GivenSplit & { readonly validation?: GivenSplit }
  /** Group of each image. */
  | { readonly groups: Int32Array };

/** What {@link splitRule} fails with. */
export type SplitRuleError = OptionError | SplitListError | StorageError;

/**
 * Chooses how images are split.
 *
 * @param images The images with their labels.
 * @param options What was asked for.
 * @param known See {@link Known}.
 * @returns The rule, or `OptionError` when options contradict each
 * other or what is known, `SplitListError`, or `StorageError` when a list
 * cannot be read.
 */
export const splitRule: (
  images: Required<LabelledSource>,
  options: SplitOptions,
  known?: Known,
) => Effect.Effect<SplitRule, SplitRuleError> = Effect.fnUntraced(function* (
  images,
  { validation = false, ...options },
  known,
) {
  if (validation && known !== undefined && "validation" in known) {
    return yield* ruleOf(images, options, known.validation);
  }
  const rule = yield* ruleOf(images, options, known);
  return validation ? validating(rule, images, options, known) : rule;
});

/** Holds out a fraction of the training images, of each class or whole groups. */
const validating = (
  { description, splitOf }: SplitRule,
  { labels }: Required<LabelledSource>,
  { testFraction = defaultTestFraction }: SplitOptions,
  known?: Known,
): SplitRule => ({
  drawn: true,
  description: `${description}; judged on ${percent(testFraction)} of the rest`,
  splitOf: Effect.fnUntraced(function* (seed) {
    const chosen = new Set((yield* splitOf(seed)).train);
    // A negative class or group is on neither side.
    const kept = (values: Int32Array) =>
      values.map((value, image) => chosen.has(image) ? value : -1);
    return known !== undefined && "groups" in known
      ? yield* splitByGroups(kept(known.groups), testFraction, seed)
      : yield* splitByFraction(kept(labels.classes), testFraction, seed);
  }),
});

/** Fraction held out where none is asked for. */
const defaultTestFraction = 0.2;

const percent = (testFraction: number): string =>
  `${Number((100 * testFraction).toFixed(3))} %`;

const ruleOf = Effect.fnUntraced(function* (
  images: Required<LabelledSource>,
  options: SplitOptions,
  known?: Known,
): Effect.fn.Return<
  SplitRule,
  OptionError | SplitListError | StorageError
> {
  const { limit, testFraction = defaultTestFraction } = options;
  const { classes } = images.labels;
  if (known !== undefined && "split" in known) {
    yield* requireNoChoice(options, "left out where images are split already");
    // The limit was applied when the training images were opened.
    const part = limit === undefined ? "" : `, ${limit} to learn from`;
    return labelledOnly(classes, {
      drawn: false,
      description: known.description + part,
      splitOf: () => Effect.succeed(known.split),
    });
  }
  const { trainList, testList, ...others } = options;
  if (trainList !== undefined || testList !== undefined) {
    yield* requireNoChoice(others, "left out beside lists");
    const given = yield* splitByFiles(images.source, trainList, testList);
    return limited(
      limit,
      labelledOnly(classes, {
        drawn: false,
        description: "by list",
        splitOf: () => Effect.succeed(given),
      }),
    );
  }
  return limited(
    limit,
    labelledOnly(
      classes,
      known === undefined
        ? {
          drawn: true,
          description: `${percent(testFraction)} of every class held out`,
          splitOf: (seed) => splitByFraction(classes, testFraction, seed),
        }
        : {
          drawn: true,
          description: `${
            percent(testFraction)
          } held out, whole groups of ${options.by}`,
          splitOf: (seed) => splitByGroups(known.groups, testFraction, seed),
        },
    ),
  );
});

const requireNoChoice = Effect.fnUntraced(function* (
  options: SplitOptions,
  rule: string,
): Effect.fn.Return<void, OptionError> {
  const { limit: _, ...choices } = options;
  for (
    const option of ["testFraction", "by", "trainList", "testList"] as const
  ) {
    const value = choices[option];
    if (value === undefined) continue;
    return yield* new OptionError({
      action: "split",
      option,
      rule,
      value: String(value),
    });
  }
});

const labelledOnly = (classes: Int32Array, rule: SplitRule): SplitRule => {
  const known = (image: number) => classes[image]! >= 0;
  return {
    ...rule,
    splitOf: (seed) =>
      Effect.map(rule.splitOf(seed), ({ train, test }) => ({
        train: train.filter(known),
        test: test.filter(known),
      })),
  };
};

const limited = (limit: number | undefined, rule: SplitRule): SplitRule => {
  if (limit === undefined) return rule;
  return {
    drawn: true,
    description: `${rule.description}, ${limit} to learn from`,
    splitOf: Effect.fnUntraced(function* (seed) {
      const { train, test } = yield* rule.splitOf(seed);
      const images = train.length;
      if (!(Number.isInteger(limit) && limit >= 1 && limit <= images)) {
        return yield* new OptionError({
          action: "split",
          option: "limit",
          rule: `a whole number from 1 to the ${images} training images`,
          value: String(limit),
        });
      }
      const chosen = draws(seed, "limit", images).sample(limit, images);
      return { train: chosen.sort().map((at) => train[at]!), test };
    }),
  };
};
