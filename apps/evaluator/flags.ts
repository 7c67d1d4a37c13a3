/**
 * What every command of the evaluator can be told: which model, which images,
 * how they are split, and where results go.
 *
 * @module
 */
import { manifestFormats } from "@deepcluster/data";
import { type ProviderName, providerNames } from "@deepcluster/gpu-backend";
import { Option } from "effect";
import { Argument, Flag } from "effect/cli";
import {
  atLeast,
  namesFlag,
  numberFlag,
  positive,
  switchFlag,
} from "@deepcluster/terminal";

const optional = <A>(flag: Flag.Flag<A>, text: string) =>
  flag.pipe(Flag.withDescription(text), Flag.optional);

/**
 * MODEL and DATA. Paths are texts here and in all flags: seen from where the
 * command was called, which `deno task` leaves.
 */
export const subject = {
  model: Argument.String("model").pipe(
    Argument.withDescription("Run folder, model file, random or pixels"),
  ),
  data: Argument.String("data").pipe(
    Argument.withDescription(
      "Labelled images: a folder for each class, train and test folders, a " +
        "manifest, IDX files, rendered emoji",
    ),
  ),
};

/** Which weights of a model, and which network `random` is. */
export const modelFlags = {
  epoch: optional(
    atLeast("epoch", 1),
    "Epoch of a run to judge (the newest that is whole)",
  ),
  network: optional(
    Flag.Literals("model", ["alexnet", "vgg16", "small"]),
    "Network of `random` (alexnet)",
  ),
  sobel: optional(
    switchFlag("sobel"),
    "`random` sees Sobel gradients (yes); --no-sobel for RGB",
  ),
  size: optional(
    atLeast("size", 1),
    "Side of the images for random, pixels or a model file (224; 32 of small)",
  ),
  width: optional(
    positive("width"),
    "Multiplies the channels of `random` (1)",
  ),
};

/** Which images are learned from, and which are judged on. */
export const dataFlags = {
  labelColumn: optional(
    Flag.String("label-column"),
    "Column of a manifest with labels (told by its name)",
  ),
  pathColumn: optional(
    Flag.String("path-column"),
    "Column of a manifest with paths (told by its name)",
  ),
  format: optional(
    Flag.Literals("format", manifestFormats),
    "How a manifest is written (told by its extension)",
  ),
  share: optional(
    numberFlag("split", "above 0, below 1", (share) => share > 0 && share < 1)
      .pipe(Flag.withMetavar("SHARE")),
    "Share of every class held out at random, where not split already (0.2)",
  ),
  by: optional(
    Flag.String("split-by").pipe(Flag.withMetavar("COLUMN")),
    "Keep images together that have the same value in a manifest's column",
  ),
  validation: optional(
    switchFlag("validation"),
    "Judge on the validation part, or a share of the training images, instead " +
      "of the test part: for choosing settings (no)",
  ),
  trainList: optional(
    Flag.String("train-list").pipe(Flag.withMetavar("FILE")),
    "Names of the images to learn from, one a line",
  ),
  testList: optional(
    Flag.String("test-list").pipe(Flag.withMetavar("FILE")),
    "Names of the images to judge on, one a line",
  ),
  limit: optional(
    atLeast("limit", 1),
    "Learn from so many of the training images, drawn at random (all)",
  ),
  maxUnreadableShare: optional(
    numberFlag(
      "max-unreadable-share",
      "from 0 to 1",
      (share) => share >= 0 && share <= 1,
    ).pipe(Flag.withMetavar("SHARE")),
    "Share of images that may be unreadable (the run's own, else 0.05)",
  ),
};

/** How a judge works and where its results go. */
export const operationFlags = {
  seed: atLeast("seed", 0).pipe(
    Flag.withDefault(1),
    Flag.withDescription("Names the draws of split, judge and `random` (1)"),
  ),
  cache: Flag.String("cache").pipe(
    Flag.withDefault("runs/judged"),
    Flag.withMetavar("DIR"),
    Flag.withDescription(
      "Folder for features and for what is finished (runs/judged)",
    ),
  ),
  batch: atLeast("extract-batch", 1).pipe(
    Flag.withDefault(32),
    Flag.withDescription("Images of a forward pass (32)"),
  ),
  threads: optional(
    atLeast("threads", 1),
    "Threads of one operator (all cores)",
  ),
  provider: optional(
    Flag.Literals("provider", providerNames),
    "Where the engine computes (cpu)",
  ),
  json: switchFlag("json").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Print the results as JSON"),
  ),
  out: optional(
    Flag.String("out").pipe(Flag.withMetavar("FILE")),
    "Write the table to FILE.md, FILE.html or FILE.json as well",
  ),
};

/** Further seeds, for commands that judge at random. */
export const seedsFlag = (usual: number) =>
  atLeast("seeds", 1).pipe(
    Flag.withDefault(usual),
    Flag.withDescription(`Seeds to judge with, from --seed on (${usual})`),
  );

/** Which layers. */
export const layersFlag = (usual: string) =>
  optional(
    namesFlag("layers").pipe(Flag.withMetavar("NAME,NAME")),
    `Layers to judge, by either name: conv2 or features.6 (${usual})`,
  );

/** What {@link subject} and the flags of every command parse to. */
export interface Asked {
  readonly model: string;
  readonly data: string;
  readonly choice: OptionsOf<typeof modelFlags>;
  readonly images: OptionsOf<typeof dataFlags>;
  readonly operation: {
    readonly seed: number;
    readonly cache: string;
    readonly batch: number;
    readonly threads: Option.Option<number>;
    readonly provider: Option.Option<ProviderName>;
    readonly json: boolean;
    readonly out: Option.Option<string>;
  };
}

type OptionsOf<F> = {
  readonly [K in keyof F]: F[K] extends Flag.Flag<infer A> ? A : never;
};

/** Arguments and flags of every command. */
export const asked = {
  ...subject,
  choice: modelFlags,
  images: dataFlags,
  operation: operationFlags,
};

/**
 * Leaves out what was not given.
 *
 * @param values Options by name.
 * @returns Values by name, none of them `undefined`.
 */
export const given = <
  A extends Readonly<Record<string, Option.Option<unknown>>>,
>(
  values: A,
): {
  readonly [K in keyof A]?: A[K] extends Option.Option<infer B> ? B : never;
} =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      Option.isSome(value) ? [[name, value.value]] : []
    ),
  ) as never;
