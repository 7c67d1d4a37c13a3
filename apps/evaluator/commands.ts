/**
 * The commands of the evaluator.
 *
 * @module
 */
import {
  commandGroup,
  type LazyCommand,
  lazyCommand,
} from "@deepcluster/terminal";

export { optionFlags } from "./option_flags.ts";

/** Evaluates any model on labelled images. */
export const evaluate: LazyCommand = commandGroup(
  "evaluate",
  "Evaluate a model on labelled images",
  [
    lazyCommand<typeof import("./linear.ts")>(
      "linear",
      "Train logistic regression on the features of every layer. The defaults " +
        "are the paper's, for convolutions after their ReLU; for pixels and for " +
        "features before the last ReLU use --standardise --learning-rate 0.003",
      new URL("./linear.ts", import.meta.url),
      ({ linear }) => linear,
    ),
    lazyCommand<typeof import("./knn.ts")>(
      "knn",
      "Classify by the nearest neighbours in cosine similarity",
      new URL("./knn.ts", import.meta.url),
      ({ knn }) => knn,
    ),
    lazyCommand<typeof import("./nmi.ts")>(
      "nmi",
      "Compare clusters with labels: NMI, purity and adjusted Rand index",
      new URL("./nmi.ts", import.meta.url),
      ({ nmi }) => nmi,
    ),
    lazyCommand<typeof import("./low_shot.ts")>(
      "low-shot",
      "Train linear probes on a few labelled images of each class",
      new URL("./low_shot.ts", import.meta.url),
      ({ lowShot }) => lowShot,
    ),
    lazyCommand<typeof import("./voc_classification.ts")>(
      "voc-classification",
      "Fine-tune on PASCAL VOC and print mean average precision",
      new URL("./voc_classification.ts", import.meta.url),
      ({ vocClassification }) => vocClassification,
    ),
    lazyCommand<typeof import("./all.ts")>(
      "all",
      "Evaluate everything that fits the images, beside random weights and pixels",
      new URL("./all.ts", import.meta.url),
      ({ all }) => all,
    ),
  ],
);

/** Models in and out. */
export const model: LazyCommand = commandGroup(
  "model",
  "Show, import and export models",
  [
    lazyCommand<typeof import("./model_info.ts")>(
      "info",
      "Show which network a file holds, and its layers",
      new URL("./model_info.ts", import.meta.url),
      ({ modelInfo }) => modelInfo,
    ),
    lazyCommand<typeof import("./model_import.ts")>(
      "import",
      "Convert a model to safetensors",
      new URL("./model_import.ts", import.meta.url),
      ({ modelImport }) => modelImport,
    ),
    lazyCommand<typeof import("./model_export.ts")>(
      "export",
      "Write a model for other programs",
      new URL("./model_export.ts", import.meta.url),
      ({ modelExport }) => modelExport,
    ),
  ],
);

/** Features as a file. */
export const features: LazyCommand = lazyCommand<
  typeof import("./features.ts")
>(
  "features",
  "Write what a layer of a model makes of images as a .npy file",
  new URL("./features.ts", import.meta.url),
  ({ features }) => features,
);

/** Clusters of features from a file. */
export const cluster: LazyCommand = lazyCommand<typeof import("./cluster.ts")>(
  "cluster",
  "Cluster features of any program: PCA-whitening and k-means",
  new URL("./cluster.ts", import.meta.url),
  ({ cluster }) => cluster,
);
