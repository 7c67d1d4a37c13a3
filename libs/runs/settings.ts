/**
 * The settings of a run as data, with the paper's values as defaults.
 *
 * Paper: section 3.4 and the authors' published code.
 *
 * {@link settings} is the only list of them: the rules of a configuration, the
 * flags of `train` and the table in `docs/settings.md` are made from it. An
 * entry of its own (`@deepcluster/runs/settings`), as the help of flags needs no
 * more: rules are compiled where settings are checked (`configuration.ts`).
 *
 * @module
 */
import { manifestFormats } from "@deepcluster/data/manifest-formats";
import {
  autoProvider,
  engineNames,
  providerNames,
} from "@deepcluster/gpu-backend/engines";
import { architectureNames } from "@deepcluster/models/architectures";
import { engineHelp, providerDefault, providerHelp } from "./engine_words.ts";

/** A rule that lists its values. */
export interface Choices {
  /** The values. */
  readonly oneOf: readonly string[];
}

/** What a value must be: a definition of arktype, or one of some names. */
export type SettingRule =
  | string
  | readonly [string, string]
  | Readonly<Record<string, string>>
  | Choices;

/**
 * Whether a rule lists its values.
 *
 * @param rule The rule.
 * @returns Whether it does.
 */
export const isChoice = (rule: SettingRule): rule is Choices =>
  typeof rule === "object" && "oneOf" in rule;

/** One setting: its rule, its default, and how a person names it. */
export interface Setting {
  /** What its value must be, as arktype defines types; or its choices. */
  readonly rule: SettingRule;
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
    rule: "string > 0",
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
    rule: { oneOf: ["training part"] },
    help: "How a folder of images is read: only the images of its training " +
      "part, where it has parts, without those of run folders",
    defaultHelp: "training part in new runs; absent: every image",
  },
  pathColumn: {
    rule: "string > 0",
    flag: "path-column",
    metavar: "COLUMN",
    help: "Column of a manifest that holds paths",
    defaultHelp: "recognised by its name",
  },
  format: {
    rule: { oneOf: manifestFormats },
    flag: "manifest-format",
    help: "How a manifest is written",
    defaultHelp: "by its extension",
  },
  /**
   * Its content is the setting; its path is where it lay when the run was
   * begun.
   */
  from: {
    rule: {
      "+": "reject",
      /** Absolute path of safetensors or of a file of `torch.save`. */
      path: "string > 0",
      /** SHA-256 of the file, in lower-case hexadecimal. */
      sha256: "/^[0-9a-f]{64}$/",
    },
    help:
      "Model file whose weights the run starts from, as path and SHA-256; " +
      "`--from` finds both",
    defaultHelp: "random weights",
  },
  /** Its content is the setting, as of `from`. */
  exclude: {
    rule: {
      "+": "reject",
      /** Absolute path of the list. */
      path: "string > 0",
      /** SHA-256 of the list, in lower-case hexadecimal. */
      sha256: "/^[0-9a-f]{64}$/",
    },
    help: "List of images that the run must not see, one a line, as path and " +
      "SHA-256; `--exclude` finds both",
    defaultHelp: "none",
  },
  limit: {
    rule: "number.integer >= 1",
    flag: "limit",
    help: "Use only this many of the training images, drawn at random",
    defaultHelp: "all",
  },
  model: {
    rule: { oneOf: architectureNames },
    default: "alexnet",
    flag: "network",
    help: "Network: AlexNet and VGG-16 of the paper, or our net for small " +
      "images",
  },
  sobel: {
    rule: "boolean",
    default: true,
    flag: "sobel",
    help: "The network sees Sobel gradients of the grey image (--no-sobel: " +
      "RGB)",
  },
  size: {
    rule: "16 <= number.integer <= 1024",
    default: 224,
    flag: "size",
    help: "Side of the network's square input, in pixels",
  },
  clusters: {
    rule: "number.integer >= 1",
    default: 10_000,
    flag: "clusters",
    alias: "k",
    help: "Number of clusters",
  },
  pca: {
    rule: "number.integer >= 1",
    default: 256,
    flag: "pca",
    help: "Dimensions that PCA keeps; fewer where the features have fewer",
  },
  epochs: {
    rule: "number.integer >= 1",
    default: 500,
    flag: "epochs",
    help: "Clusterings, each followed by training on its pseudo-labels",
  },
  reassign: {
    rule: "number > 0",
    default: 1,
    flag: "reassign",
    help: "Passes over the images between two clusterings",
  },
  batch: {
    rule: "number.integer >= 2",
    default: 256,
    flag: "batch",
    help: "Images of one training step",
  },
  learningRate: {
    rule: "number > 0",
    default: 0.05,
    flag: "learning-rate",
    help: "Learning rate of the network and of its head, constant",
  },
  momentum: {
    rule: "0 <= number < 1",
    default: 0.9,
    flag: "momentum",
    help: "SGD momentum of the network; the head has none",
  },
  weightDecay: {
    rule: "number >= 0",
    default: 0.00001,
    flag: "weight-decay",
    help: "SGD weight decay of the network and of its head",
  },
  dropout: {
    rule: "0 <= number < 1",
    default: 0.5,
    flag: "dropout",
    help: "Fraction of activations dropped in the fully connected layers",
  },
  cropScale: {
    rule: ["number > 0", "number <= 1"],
    default: [0.08, 1],
    flag: "crop-scale",
    metavar: "MIN,MAX",
    help: "Area of a training crop, as fractions of the image",
  },
  flip: {
    rule: "boolean",
    default: true,
    flag: "flip",
    help: "Mirror training images with probability 1/2 (--no-flip: never)",
  },
  seed: {
    rule: "0 <= number.integer <= 4294967295",
    default: 31,
    flag: "seed",
    help: "Seed of every random draw",
  },
  kmeansIterations: {
    rule: "number.integer >= 1",
    default: 20,
    flag: "kmeans-iterations",
    help: "Lloyd iterations of each clustering",
  },
  extractBatch: {
    rule: "number.integer >= 1",
    default: 32,
    flag: "extract-batch",
    help: "Images of one forward pass when features are extracted",
  },
  maxUnreadableShare: {
    rule: "0 <= number <= 1",
    default: 0.05,
    flag: "max-unreadable-fraction",
    metavar: "FRACTION",
    help: "Largest fraction of images that may be unreadable",
  },
  engine: {
    rule: { oneOf: engineNames },
    default: "onnx",
    flag: "engine",
    help: engineHelp,
  },
  provider: {
    rule: { oneOf: providerNames },
    default: "cpu",
    flag: "provider",
    help: providerHelp,
    defaultHelp: providerDefault,
    standIn: autoProvider,
  },
  threads: {
    rule: "number.integer >= 1",
    default: 1,
    flag: "threads",
    help: "Threads of one operator; other counts give other bits",
    defaultHelp: "all cores on the command line, 1 in code",
  },
} as const satisfies Readonly<Record<string, Setting>>;
