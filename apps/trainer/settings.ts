/**
 * The settings of a run on the command line: a flag for each, over a
 * configuration file, over a preset, over the paper's values.
 *
 * @module
 */
import { manifestFormats } from "@deepcluster/data";
import { engineNames, providerNames } from "@deepcluster/gpu-backend";
import {
  atLeast,
  fromHere,
  sharesFlag,
  switchFlag,
} from "@deepcluster/terminal";
import {
  ConfigurationError,
  loadStartingModel,
  parseConfiguration,
  RunConfiguration,
  startingSettings,
} from "@deepcluster/training";
import { Effect, Option } from "effect";
import { Flag } from "effect/cli";
import { availableParallelism } from "node:os";
import { presets } from "./configs/mod.ts";
import { readSettings } from "./settings_file.ts";

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
  pathColumn: described(
    Flag.String("path-column"),
    "Column of a manifest with paths (told by its name)",
  ),
  format: described(
    Flag.Literals("format", manifestFormats),
    "How a manifest is written (told by its extension)",
  ),
  limit: described(
    ruled("limit", Flag.Int("limit")),
    "Train on so many images, drawn at random (all)",
  ),
  preset: described(
    Flag.Literals("preset", Object.keys(presets) as (keyof typeof presets)[]),
    "Settings for one network and kind of images; --config goes before it",
  ),
  config: described(
    Flag.String("config").pipe(Flag.withMetavar("FILE")),
    "JSON file of settings, such as a run's config.json; `images` in it is " +
      "relative to its folder, and flags go before it",
  ),
  from: described(
    Flag.String("from").pipe(Flag.withMetavar("MODEL")),
    "Start from the weights of a run folder or model file, whose network the " +
      "run then has (random weights)",
  ),
  fromEpoch: described(
    atLeast("from-epoch", 0),
    "Epoch of the run of --from (its newest)",
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
    Flag.Literals("engine", engineNames),
    "Executor of the graphs (onnx)",
  ),
  provider: described(
    Flag.Literals("provider", providerNames),
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
  { preset, config, from, fromEpoch, ...rest }: SettingValues,
) {
  const flags: Record<string, unknown> = {};
  if (Option.isSome(images)) flags["images"] = fromHere(images.value);
  for (const [name, value] of Object.entries<Option.Option<unknown>>(rest)) {
    if (Option.isSome(value)) flags[name] = value.value;
  }
  const file = Option.isSome(config)
    ? yield* readSettings(fromHere(config.value))
    : {};
  const usual: Record<string, unknown> = Option.match(preset, {
    onNone: () => ({}),
    onSome: (name) => presets[name].settings,
  });
  yield* sayOverridden(usual, file, preset, config);
  const origin = Option.match(config, {
    onNone: () => "the command line",
    onSome: (path) => `${path} and the command line`,
  });
  const start = yield* startOf(from, fromEpoch);
  const configuration = yield* parseConfiguration({
    threads: availableParallelism(),
    folderReading: "training part",
    ...start,
    ...usual,
    ...file,
    ...flags,
    ...start && { from: start.from },
  }, origin);
  if (configuration.from) {
    yield* loadStartingModel(configuration.from, configuration);
  }
  return configuration;
});

/** What the model of `--from` asks of a run, where nothing else does. */
const startOf = Effect.fnUntraced(function* (
  from: Option.Option<string>,
  epoch: Option.Option<number>,
) {
  if (Option.isSome(from)) {
    const path = fromHere(from.value);
    return yield* startingSettings(path, Option.getOrUndefined(epoch));
  }
  if (Option.isNone(epoch)) return undefined;
  return yield* new ConfigurationError({
    origin: "the command line",
    problems: [`--from-epoch ${epoch.value} needs --from RUN`],
  });
});

/** Of two that were asked for, the file is what counts: that is said. */
const sayOverridden = (
  usual: Readonly<Record<string, unknown>>,
  file: Readonly<Record<string, unknown>>,
  preset: Option.Option<string>,
  config: Option.Option<string>,
): Effect.Effect<void> => {
  const overridden = Object.keys(usual).filter((name) =>
    name in file && JSON.stringify(file[name]) !== JSON.stringify(usual[name])
  );
  return overridden.length === 0 ? Effect.void : Effect.logWarning(
    `${Option.getOrThrow(config)} goes before --preset ` +
      `${Option.getOrThrow(preset)} in: ${overridden.join(", ")}`,
  );
};
