/**
 * Every setting of a run, with the paper's values as defaults.
 *
 * Paper: section 3.4 and the authors' published code. A configuration is
 * plain JSON: read from a file, written to the run folder, compared on resume.
 *
 * @module
 */
import { manifestFormats } from "@deepcluster/data";
import { engineNames, providerNames } from "@deepcluster/gpu-backend";
import { type } from "arktype";
import { Effect } from "effect";
import { ConfigurationError } from "./errors.ts";

/** The rules of a run's settings; a key that is not listed is an error. */
export const RunConfiguration = type({
  "+": "reject",
  /**
   * Absolute path of the folder, manifest or IDX file of images; any name for
   * a source of your own.
   */
  images: "string > 0",
  /** Column of a manifest that holds labels: for judging, never trained on. */
  "labelColumn?": "string > 0",
  /**
   * How a folder of images is read: the images of its training part, where it
   * has parts, without those of run folders. Absent in runs of versions that
   * took every image, which have to go on with the same ones; new runs have it.
   */
  "folderReading?": "'training part'",
  /** Column of a manifest that holds paths; told by its name when absent. */
  "pathColumn?": "string > 0",
  /** How a manifest is written; told by its extension when absent. */
  "format?": type.enumerated(...manifestFormats),
  /**
   * Model to start from instead of random weights: its content is the setting,
   * its path is where it lay when the run was begun.
   */
  "from?": {
    "+": "reject",
    /** Absolute path of safetensors or of a file of `torch.save`. */
    path: "string > 0",
    /** SHA-256 of the file, in lower-case hexadecimal. */
    sha256: "/^[0-9a-f]{64}$/",
  },
  /** Images to train on, drawn from all there are; all when absent. */
  "limit?": "number.integer >= 1",
  /** Network: AlexNet and VGG-16 of the paper, or our net for small images. */
  model: "'alexnet' | 'vgg16' | 'small' = 'alexnet'",
  /** Whether the network sees Sobel gradients of the grey image, or RGB. */
  sobel: "boolean = true",
  /** Side of the square that the network sees, in pixels. */
  size: "16 <= number.integer <= 1024 = 224",
  /** k, the number of clusters: 10 000 on ImageNet. */
  clusters: "number.integer >= 1 = 10000",
  /** Dimensions kept by PCA; fewer where the features have fewer. */
  pca: "number.integer >= 1 = 256",
  /** Clusterings, each followed by training on its labels. */
  epochs: "number.integer >= 1 = 500",
  /** Data epochs between two clusterings. */
  reassign: "number > 0 = 1",
  /** Images of one training step. */
  batch: "number.integer >= 2 = 256",
  /** Constant learning rate of the network and of its head. */
  learningRate: "number > 0 = 0.05",
  /** Momentum of the network; the head has none. */
  momentum: "0 <= number < 1 = 0.9",
  /** Weight decay of the network and of its head. */
  weightDecay: "number >= 0 = 0.00001",
  /** Share of activations dropped in the fully connected layers. */
  dropout: "0 <= number < 1 = 0.5",
  /** Smallest and largest share of the image's area in a training crop. */
  cropScale: [
    ["number > 0", "number <= 1"],
    "=",
    (): [number, number] => [0.08, 1],
  ],
  /** Whether training images are mirrored with probability one half. */
  flip: "boolean = true",
  /** Names every random draw of the run. */
  seed: "0 <= number.integer <= 4294967295 = 31",
  /** Lloyd iterations of each clustering. */
  kmeansIterations: "number.integer >= 1 = 20",
  /** Images of one forward pass when features are computed. */
  extractBatch: "number.integer >= 1 = 32",
  /** Largest share of images that may be unreadable, from 0 to 1. */
  maxUnreadableShare: "0 <= number <= 1 = 0.05",
  /** Executor of the graphs. */
  engine: type.enumerated(...engineNames).default(engineNames[0]!),
  /** Where the executor computes. */
  provider: type.enumerated(...providerNames).default(providerNames[0]!),
  /** Threads of one operator; part of the run, since others give other bits. */
  threads: "number.integer >= 1 = 1",
});

/** A complete configuration. */
export type RunConfiguration = typeof RunConfiguration.infer;

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
 * @param settings Plain JSON; a missing field takes its default, save `images`.
 * @param origin Named in errors: the file, or the command line.
 * @returns The whole configuration, or `ConfigurationError` naming every
 * field that breaks its rule.
 *
 * @example The defaults are the paper's
 * ```ts
 * import { parseConfiguration } from "@deepcluster/training";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const paper = Effect.runSync(parseConfiguration({ images: "/photos" }, "me"));
 * assert.equal(paper.clusters, 10_000);
 * assert.equal(paper.weightDecay, 1e-5);
 * ```
 */
export const parseConfiguration = Effect.fnUntraced(function* (
  settings: unknown,
  origin: string,
): Effect.fn.Return<RunConfiguration, ConfigurationError> {
  const parsed = RunConfiguration(settings);
  if (parsed instanceof type.errors) {
    return yield* new ConfigurationError({
      origin,
      problems: parsed.map((problem) => problem.message),
    });
  }
  const [least, most] = parsed.cropScale;
  if (least > most) {
    return yield* new ConfigurationError({
      origin,
      problems: [
        `cropScale must go from a smaller to a larger share (was ${least} to ${most})`,
      ],
    });
  }
  return parsed;
});
