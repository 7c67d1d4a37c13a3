/**
 * Every setting of a run, with the paper's values as defaults.
 *
 * Paper: section 3.4 and the authors' published code. A configuration is
 * plain JSON: read from a file, written to the run folder, compared on resume.
 *
 * {@link settings} is the only list of them: the rules of a configuration, the
 * flags of `train` and the table in `docs/settings.md` are made from it.
 *
 * @module
 */
import { manifestFormats } from "@deepcluster/data";
import {
  autoProvider,
  engineNames,
  providerNames,
  providersOf,
} from "@deepcluster/gpu-backend";
import { architectureNames } from "@deepcluster/models";
import { didYouMean, nearestNames } from "@deepcluster/terminal";
import { type Type, type } from "arktype";
import { Effect } from "effect";
import { engineHelp, providerDefault, providerHelp } from "./engine_words.ts";
import { ConfigurationError } from "./errors.ts";

/** One setting: its rule, its default, and how a person names it. */
export interface Setting {
  /** What its value must be. */
  readonly rule: Type;
  /** Its value by default; without one, the setting may be absent. */
  readonly default?: unknown;
  /** Name of its flag, without dashes; none if it has no flag of its own. */
  readonly flag?: string;
  /** A flag of one letter that means the same. */
  readonly alias?: string;
  /** Placeholder of the value in the help of its flag. */
  readonly metavar?: string;
  /** What it is, in a few words without a period. */
  readonly help: string;
  /** What happens by default, where the value of `default` does not say it. */
  readonly defaultHelp?: string;
  /**
   * A further value of the flag and in files, which stands for one that is
   * found when a run begins: a run has the one that was found. Default: none.
   */
  readonly standIn?: string;
}

/**
 * The settings by the names of their fields. The images of a run are a setting
 * as well, but have no default and no flag.
 */
export const settings = {
  labelColumn: {
    rule: type("string > 0"),
    flag: "label-column",
    metavar: "COLUMN",
    help:
      "Column of a manifest that holds labels. They are compared with the " +
      "clusters, and never trained on",
    defaultHelp: "recognised by its name",
  },
  /**
   * Absent in runs of versions that took every image of a folder, which have
   * to continue with the same ones; new runs have it.
   */
  folderReading: {
    rule: type("'training part'"),
    help: "How a folder of images is read: only the images of its training " +
      "part, where it has parts, without those of run folders",
    defaultHelp: "`training part` in new runs; absent: every image",
  },
  pathColumn: {
    rule: type("string > 0"),
    flag: "path-column",
    metavar: "COLUMN",
    help: "Column of a manifest that holds paths",
    defaultHelp: "recognised by its name",
  },
  format: {
    rule: type.enumerated(...manifestFormats),
    flag: "manifest-format",
    help: "How a manifest is written",
    defaultHelp: "by its extension",
  },
  /**
   * Its content is the setting; its path is where it lay when the run was
   * begun.
   */
  from: {
    rule: type({
      "+": "reject",
      /** Absolute path of safetensors or of a file of `torch.save`. */
      path: "string > 0",
      /** SHA-256 of the file, in lower-case hexadecimal. */
      sha256: "/^[0-9a-f]{64}$/",
    }),
    help:
      "Model file whose weights the run starts from, as path and SHA-256; " +
      "`--from` finds both",
    defaultHelp: "random weights",
  },
  /** Its content is the setting, as of `from`. */
  exclude: {
    rule: type({
      "+": "reject",
      /** Absolute path of the list. */
      path: "string > 0",
      /** SHA-256 of the list, in lower-case hexadecimal. */
      sha256: "/^[0-9a-f]{64}$/",
    }),
    help: "List of images that the run must not see, one a line, as path and " +
      "SHA-256; `--exclude` finds both",
    defaultHelp: "none",
  },
  limit: {
    rule: type("number.integer >= 1"),
    flag: "limit",
    help: "Use only this many of the training images, drawn at random",
    defaultHelp: "all",
  },
  model: {
    rule: type.enumerated(...architectureNames),
    default: "alexnet",
    flag: "network",
    help: "Network: AlexNet and VGG-16 of the paper, or our net for small " +
      "images",
  },
  sobel: {
    rule: type("boolean"),
    default: true,
    flag: "sobel",
    help: "The network sees Sobel gradients of the grey image (--no-sobel: " +
      "RGB)",
  },
  size: {
    rule: type("16 <= number.integer <= 1024"),
    default: 224,
    flag: "size",
    help: "Side of the network's square input, in pixels",
  },
  clusters: {
    rule: type("number.integer >= 1"),
    default: 10_000,
    flag: "clusters",
    alias: "k",
    help: "Number of clusters",
  },
  pca: {
    rule: type("number.integer >= 1"),
    default: 256,
    flag: "pca",
    help: "Dimensions that PCA keeps; fewer where the features have fewer",
  },
  epochs: {
    rule: type("number.integer >= 1"),
    default: 500,
    flag: "epochs",
    help: "Clusterings, each followed by training on its pseudo-labels",
  },
  reassign: {
    rule: type("number > 0"),
    default: 1,
    flag: "reassign",
    help: "Passes over the images between two clusterings",
  },
  batch: {
    rule: type("number.integer >= 2"),
    default: 256,
    flag: "batch",
    help: "Images of one training step",
  },
  learningRate: {
    rule: type("number > 0"),
    default: 0.05,
    flag: "learning-rate",
    help: "Learning rate of the network and of its head, constant",
  },
  momentum: {
    rule: type("0 <= number < 1"),
    default: 0.9,
    flag: "momentum",
    help: "SGD momentum of the network; the head has none",
  },
  weightDecay: {
    rule: type("number >= 0"),
    default: 0.00001,
    flag: "weight-decay",
    help: "SGD weight decay of the network and of its head",
  },
  dropout: {
    rule: type("0 <= number < 1"),
    default: 0.5,
    flag: "dropout",
    help: "Fraction of activations dropped in the fully connected layers",
  },
  cropScale: {
    rule: type(["number > 0", "number <= 1"]),
    default: [0.08, 1],
    flag: "crop-scale",
    metavar: "MIN,MAX",
    help: "Area of a training crop, as fractions of the image",
  },
  flip: {
    rule: type("boolean"),
    default: true,
    flag: "flip",
    help: "Mirror training images with probability 1/2 (--no-flip: never)",
  },
  seed: {
    rule: type("0 <= number.integer <= 4294967295"),
    default: 31,
    flag: "seed",
    help: "Seed of every random draw",
  },
  kmeansIterations: {
    rule: type("number.integer >= 1"),
    default: 20,
    flag: "kmeans-iterations",
    help: "Lloyd iterations of each clustering",
  },
  extractBatch: {
    rule: type("number.integer >= 1"),
    default: 32,
    flag: "extract-batch",
    help: "Images of one forward pass when features are extracted",
  },
  maxUnreadableShare: {
    rule: type("0 <= number <= 1"),
    default: 0.05,
    flag: "max-unreadable-fraction",
    metavar: "FRACTION",
    help: "Largest fraction of images that may be unreadable",
  },
  engine: {
    rule: type.enumerated(...engineNames),
    default: "onnx",
    flag: "engine",
    help: engineHelp,
  },
  provider: {
    rule: type.enumerated(...providerNames),
    default: "cpu",
    flag: "provider",
    help: providerHelp,
    defaultHelp: providerDefault,
    standIn: autoProvider,
  },
  threads: {
    rule: type("number.integer >= 1"),
    default: 1,
    flag: "threads",
    help: "Threads of one operator; other counts give other bits",
    defaultHelp: "all cores on the command line, 1 in code",
  },
} as const satisfies Readonly<Record<string, Setting>>;

type Settings = typeof settings;

type Value<F extends keyof Settings> = Settings[F]["rule"]["infer"];

/** Fields that have a default, and are part of every configuration. */
type Complete = {
  [F in keyof Settings]: Settings[F] extends { readonly default: unknown } ? F
    : never;
}[keyof Settings];

/** A complete configuration: the images of a run and its {@link settings}. */
export type RunConfiguration =
  & {
    /**
     * Absolute path of the folder, manifest or IDX file of images; any name
     * for a source of your own.
     */
    images: string;
  }
  & { [F in Complete]: Value<F> }
  & { [F in Exclude<keyof Settings, Complete>]?: Value<F> };

const Configuration = type.raw({
  "+": "reject",
  images: "string > 0",
  ...Object.fromEntries(
    Object.entries<Setting>(settings).map(([field, { rule, default: value }]) =>
      value === undefined
        ? [`${field}?`, rule]
        : [field, [rule, "=", Array.isArray(value) ? () => [...value] : value]]
    ),
  ),
}) as unknown as Type<RunConfiguration>;

/** The settings that an epoch of training reads. */
export type TrainingSettings = Pick<
  RunConfiguration,
  | "batch"
  | "clusters"
  | "cropScale"
  | "flip"
  | "learningRate"
  | "momentum"
  | "reassign"
  | "seed"
  | "weightDecay"
>;

/**
 * Checks settings and fills in the paper's values.
 *
 * @param configuration Plain JSON; a missing field takes its default, except
 * `images`.
 * @param origin Named in errors: the file, or the command line.
 * @returns The complete configuration, or `ConfigurationError` naming every
 * field that breaks its rule.
 *
 * @example The defaults are the paper's
 * ```ts
 * import { parseConfiguration } from "@deepcluster/runs";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const paper = Effect.runSync(parseConfiguration({ images: "/photos" }, "me"));
 * assert.equal(paper.clusters, 10_000);
 * assert.equal(paper.weightDecay, 1e-5);
 * ```
 */
export const parseConfiguration: (
  configuration: unknown,
  origin: string,
) => Effect.Effect<RunConfiguration, ConfigurationError> = Effect.fnUntraced(
  function* (
    configuration,
    origin,
  ) {
    const parsed = Configuration(withProvider(configuration));
    if (parsed instanceof type.errors) {
      return yield* new ConfigurationError({
        origin,
        problems: parsed.map(({ message, path }) =>
          message.endsWith("must be removed")
            ? `${path} is not a setting${didYouMean(nearestFields(`${path}`))}`
            : message
        ),
      });
    }
    const [min, max] = parsed.cropScale;
    if (min > max) {
      return yield* new ConfigurationError({
        origin,
        problems: [
          "cropScale must go from a smaller to a larger fraction " +
          `(was ${min} to ${max})`,
        ],
      });
    }
    return parsed;
  },
);

/** The provider of settings that name none is the first of their engine. */
const withProvider = (configuration: unknown): unknown => {
  if (typeof configuration !== "object" || configuration === null) {
    return configuration;
  }
  const { engine } = configuration as Readonly<Record<string, unknown>>;
  const name = engineNames.find((name) => name === engine);
  return name === undefined
    ? configuration
    : { provider: providersOf(name)[0], ...configuration };
};

/** The fields nearest to a mistyped one; the name of a flag is near its field. */
const nearestFields = (field: string): readonly string[] => {
  const names = new Map(
    Object.entries<Setting>(settings).flatMap(
      ([field, { flag = field }]) => [[flag, field], [field, field]] as const,
    ),
  );
  const near = nearestNames(field, [...names.keys(), "images"]);
  return [...new Set(near.map((name) => names.get(name) ?? name))];
};
