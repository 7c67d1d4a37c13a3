/**
 * Flags that commands of the evaluator share: which model, which images, how
 * they are split, and where results go.
 *
 * @module
 */
import { manifestFormats } from "@deepcluster/data/manifest-formats";
import {
  engineFlags,
  type EngineValues,
  modelArgument,
  modelFlags,
  type ModelValues,
} from "@deepcluster/runs/flags";
import {
  atLeast,
  flagWithDefault,
  namesFlag,
  numberFlag,
  optionalFlag,
  switchFlag,
} from "@deepcluster/terminal";
import type { Option } from "effect";
import { Argument, Flag } from "effect/cli";

/**
 * MODEL and DATA. Paths are texts here and in all flags: relative to where the
 * command was called, which `deno task` leaves.
 */
export const subject = {
  model: modelArgument,
  data: Argument.String("data").pipe(
    Argument.withDescription(
      "Labelled images: a folder for each class, train and test folders, a " +
        "manifest, IDX files, or rendered emoji.",
    ),
  ),
};

/** Which images are trained on, and which are tested on. */
export const dataFlags = {
  labelColumn: optionalFlag(
    Flag.String("label-column").pipe(Flag.withMetavar("COLUMN")),
    "Column of a manifest that holds labels",
    "recognised by its name",
  ),
  pathColumn: optionalFlag(
    Flag.String("path-column").pipe(Flag.withMetavar("COLUMN")),
    "Column of a manifest that holds paths",
    "recognised by its name",
  ),
  format: optionalFlag(
    Flag.Literals("manifest-format", manifestFormats),
    "How a manifest is written",
    "by its extension",
  ),
  testFraction: optionalFlag(
    numberFlag(
      "test-fraction",
      "above 0, below 1",
      (fraction) => fraction > 0 && fraction < 1,
    ).pipe(Flag.withMetavar("FRACTION")),
    "Fraction of every class held out at random for the test, where the " +
      "images have no split of their own",
    "0.2",
  ),
  by: optionalFlag(
    Flag.String("split-by").pipe(Flag.withMetavar("COLUMN")),
    "Keep images together that have the same value in this column of a manifest",
  ),
  validation: optionalFlag(
    switchFlag("validation"),
    "Evaluate on the validation part, or on a fraction of the training " +
      "images, instead of the test part: for choosing settings",
    "no",
  ),
  trainList: optionalFlag(
    Flag.String("train-list").pipe(Flag.withMetavar("FILE")),
    "Names of the training images, one a line",
  ),
  testList: optionalFlag(
    Flag.String("test-list").pipe(Flag.withMetavar("FILE")),
    "Names of the test images, one a line",
  ),
  limit: optionalFlag(
    atLeast("limit", 1),
    "Use only this many of the training images, drawn at random",
    "all",
  ),
  maxUnreadableShare: optionalFlag(
    numberFlag(
      "max-unreadable-fraction",
      "from 0 to 1",
      (fraction) => fraction >= 0 && fraction <= 1,
    ).pipe(Flag.withMetavar("FRACTION")),
    "Largest fraction of images that may be unreadable",
    "the run's own, else 0.05",
  ),
};

/** Where results go. */
export const resultFlags = {
  json: flagWithDefault(switchFlag("json"), false, "Print the results as JSON"),
  out: optionalFlag(
    Flag.String("out").pipe(Flag.withMetavar("FILE")),
    "Write the table to FILE.md, FILE.html or FILE.json as well",
  ),
};

/** How a command works and where its results go. */
export const operationFlags = {
  seed: flagWithDefault(
    atLeast("seed", 0),
    1,
    "Seed of every random draw: split, training, weights of `random`",
  ),
  cache: flagWithDefault(
    Flag.String("cache").pipe(Flag.withMetavar("DIR")),
    "runs/judged",
    "Folder that keeps features and results for the next command",
  ),
  batch: flagWithDefault(
    atLeast("extract-batch", 1),
    32,
    "Images of one forward pass when features are extracted",
  ),
  ...engineFlags,
  ...resultFlags,
};

/**
 * Further seeds, for commands that draw at random.
 *
 * @param count How many by default.
 * @returns The flag.
 */
export const seedsFlag = (count: number) =>
  flagWithDefault(
    atLeast("seeds", 1),
    count,
    "Number of seeds to evaluate with, from --seed on",
  );

/**
 * Which layers.
 *
 * @param layers Those by default, in words.
 * @returns The flag.
 */
export const layersFlag = (layers: string) =>
  optionalFlag(
    namesFlag("layers").pipe(Flag.withMetavar("NAME,NAME")),
    "Layers, by either name: conv2 or features.6",
    layers,
  );

/** What {@link subject} and the flags of every command parse to. */
export interface EvaluationValues {
  readonly model: string;
  readonly data: string;
  readonly choice: ModelValues;
  readonly images: OptionsOf<typeof dataFlags>;
  readonly operation: EngineValues & {
    readonly seed: number;
    readonly cache: string;
    readonly batch: number;
    readonly json: boolean;
    readonly out: Option.Option<string>;
  };
}

type OptionsOf<F> = {
  readonly [K in keyof F]: F[K] extends Flag.Flag<infer A> ? A : never;
};

/** Arguments and flags of every command. */
export const evaluationFlags = {
  ...subject,
  choice: modelFlags,
  images: dataFlags,
  operation: operationFlags,
};
