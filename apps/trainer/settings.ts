/**
 * The settings of a run on the command line: a flag for each, over a preset,
 * over a configuration file, over the paper's values.
 *
 * @module
 */
import { fromHere, sharesFlag, switchFlag } from "@deepcluster/terminal";
import {
  ConfigurationError,
  parseConfiguration,
  RunConfiguration,
} from "@deepcluster/training";
import { Effect, Option } from "effect";
import { Flag } from "effect/cli";
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { presets } from "./configs/mod.ts";

const described = <A>(flag: Flag.Flag<A>, text: string) =>
  flag.pipe(Flag.withDescription(text), Flag.optional);

/** A number under the rule of its field, which is the configuration's own. */
const ruled = (
  field: keyof RunConfiguration,
  flag: Flag.Flag<number>,
): Flag.Flag<number> => {
  const rule = RunConfiguration.get(field);
  const words = rule.description.replace(/ or undefined$/, "");
  return flag.pipe(Flag.filter((value) => rule.allows(value), () => words));
};

/** One flag for each field of `RunConfiguration`, and where to start from. */
export const settingFlags = {
  labelColumn: described(
    Flag.String("label-column"),
    "Column of a manifest with labels, for judging only",
  ),
  limit: described(
    ruled("limit", Flag.Int("limit")),
    "Train on so many images, drawn at random (all)",
  ),
  preset: described(
    Flag.Literals("preset", Object.keys(presets) as (keyof typeof presets)[]),
    "Settings for one network and kind of images",
  ),
  config: described(
    Flag.String("config").pipe(Flag.withMetavar("FILE")),
    "JSON file of settings, such as a run's config.json",
  ),
  model: described(
    Flag.Literals("model", ["alexnet", "vgg16", "small"]),
    "Network (alexnet)",
  ),
  sobel: described(
    switchFlag("sobel"),
    "See Sobel gradients of the grey image (yes); --no-sobel for RGB",
  ),
  size: described(
    ruled("size", Flag.Int("size")),
    "Side of the network's input (224)",
  ),
  clusters: described(
    ruled("clusters", Flag.Int("clusters")).pipe(Flag.withAlias("k")),
    "Number of clusters (10000)",
  ),
  pca: described(ruled("pca", Flag.Int("pca")), "Dimensions kept by PCA (256)"),
  epochs: described(
    ruled("epochs", Flag.Int("epochs")),
    "Clusterings, each followed by training (500)",
  ),
  reassign: described(
    ruled("reassign", Flag.Finite("reassign")),
    "Data epochs between two clusterings (1)",
  ),
  batch: described(
    ruled("batch", Flag.Int("batch")),
    "Images of a training step (256)",
  ),
  learningRate: described(
    ruled("learningRate", Flag.Finite("learning-rate")),
    "Learning rate (0.05)",
  ),
  momentum: described(
    ruled("momentum", Flag.Finite("momentum")),
    "SGD momentum (0.9)",
  ),
  weightDecay: described(
    ruled("weightDecay", Flag.Finite("weight-decay")),
    "SGD weight decay (0.00001)",
  ),
  dropout: described(
    ruled("dropout", Flag.Finite("dropout")),
    "Share of activations dropped (0.5)",
  ),
  cropScale: described(
    sharesFlag("crop-scale").pipe(Flag.withMetavar("FROM,TO")),
    "Share of the image in a training crop (0.08,1)",
  ),
  flip: described(
    switchFlag("flip"),
    "Mirror training images at random (yes); --no-flip for never",
  ),
  seed: described(
    ruled("seed", Flag.Int("seed")),
    "Names every random draw (31)",
  ),
  kmeansIterations: described(
    ruled("kmeansIterations", Flag.Int("kmeans-iterations")),
    "Lloyd iterations of a clustering (20)",
  ),
  extractBatch: described(
    ruled("extractBatch", Flag.Int("extract-batch")),
    "Images of a forward pass (32)",
  ),
  maxUnreadableShare: described(
    ruled("maxUnreadableShare", Flag.Finite("max-unreadable-share")),
    "Share of images that may be unreadable (0.05)",
  ),
  engine: described(
    Flag.Literals("engine", ["onnx", "reference"]),
    "Executor of the graphs (onnx)",
  ),
  provider: described(
    Flag.Literals("provider", ["cpu", "webgpu", "cuda"]),
    "Where the executor computes (cpu)",
  ),
  threads: described(
    ruled("threads", Flag.Int("threads")),
    "Threads of one operator (the machine's cores)",
  ),
};

/** What {@link settingFlags} parse to. */
export type SettingValues = {
  readonly [K in keyof typeof settingFlags]: typeof settingFlags[K] extends
    Flag.Flag<infer A> ? A : never;
};

/**
 * The configuration that the flags ask for.
 *
 * @param images Where the images are, unless the configuration file says.
 * @param flags What was given on the command line.
 * @returns Every setting, or `ConfigurationError` naming the fields at fault.
 */
export const configurationOf = Effect.fnUntraced(function* (
  images: Option.Option<string>,
  { preset, config, ...rest }: SettingValues,
) {
  const flags: Record<string, unknown> = {};
  if (Option.isSome(images)) flags["images"] = fromHere(images.value);
  for (const [name, value] of Object.entries<Option.Option<unknown>>(rest)) {
    if (Option.isSome(value)) flags[name] = value.value;
  }
  const file = Option.isSome(config)
    ? yield* readSettings(fromHere(config.value))
    : {};
  const origin = Option.match(config, {
    onNone: () => "the command line",
    onSome: (path) => `${path} and the command line`,
  });
  return yield* parseConfiguration({
    threads: availableParallelism(),
    folderReading: "training part",
    ...file,
    ...Option.match(preset, {
      onNone: () => ({}),
      onSome: (name) => presets[name].settings,
    }),
    ...flags,
  }, origin);
});

/** Reads a settings file as JSON; its fields are checked with the rest. */
const readSettings = (
  path: string,
): Effect.Effect<object, ConfigurationError> =>
  Effect.tryPromise({
    try: async () => {
      const parsed: unknown = JSON.parse(await readFile(path, "utf8"));
      if (typeof parsed !== "object" || parsed === null) {
        throw new Error("must hold a JSON object");
      }
      return parsed;
    },
    catch: (cause) =>
      new ConfigurationError({
        origin: path,
        problems: [cause instanceof Error ? cause.message : String(cause)],
      }),
  });
