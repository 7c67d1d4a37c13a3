/**
 * The commands of the evaluator.
 *
 * @module
 */
import { loadModule } from "@deepcluster/core";
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
    lazyCommand(
      "linear",
      "Train logistic regression on the features of every layer. The defaults " +
        "are the paper's, for convolutions after their ReLU; for pixels and for " +
        "features before the last ReLU use --standardise --learning-rate 0.003",
      loadModule<typeof import("./linear_flags.ts")>(
        new URL("./linear_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./linear.ts")>(
        new URL("./linear.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "knn",
      "Classify by the nearest neighbours in cosine similarity",
      loadModule<typeof import("./knn_flags.ts")>(
        new URL("./knn_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./knn.ts")>(
        new URL("./knn.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "nmi",
      "Compare clusters with labels: NMI, purity and adjusted Rand index",
      loadModule<typeof import("./nmi_flags.ts")>(
        new URL("./nmi_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./nmi.ts")>(
        new URL("./nmi.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "low-shot",
      "Train linear probes on a few labelled images of each class",
      loadModule<typeof import("./low_shot_flags.ts")>(
        new URL("./low_shot_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./low_shot.ts")>(
        new URL("./low_shot.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "voc-classification",
      "Fine-tune on PASCAL VOC and print mean average precision",
      loadModule<typeof import("./voc_classification_flags.ts")>(
        new URL("./voc_classification_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./voc_classification.ts")>(
        new URL("./voc_classification.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "all",
      "Evaluate everything that fits the images, beside random weights and pixels",
      loadModule<typeof import("./all_flags.ts")>(
        new URL("./all_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./all.ts")>(
        new URL("./all.ts", import.meta.url),
      ),
    ),
  ],
);

/** Models in and out. */
export const model: LazyCommand = commandGroup(
  "model",
  "Show, import and export models",
  [
    lazyCommand(
      "info",
      "Show which network a file holds, and its layers",
      loadModule<typeof import("./model_info_flags.ts")>(
        new URL("./model_info_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./model_info.ts")>(
        new URL("./model_info.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "import",
      "Convert a model to safetensors",
      loadModule<typeof import("./model_import_flags.ts")>(
        new URL("./model_import_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./model_import.ts")>(
        new URL("./model_import.ts", import.meta.url),
      ),
    ),
    lazyCommand(
      "export",
      "Write a model for other programs",
      loadModule<typeof import("./model_export_flags.ts")>(
        new URL("./model_export_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./model_export.ts")>(
        new URL("./model_export.ts", import.meta.url),
      ),
    ),
  ],
);

/** Features as a file. */
export const features: LazyCommand = lazyCommand(
  "features",
  "Write what a layer of a model makes of images as a .npy file",
  loadModule<typeof import("./features_flags.ts")>(
    new URL("./features_flags.ts", import.meta.url),
  ),
  loadModule<typeof import("./features.ts")>(
    new URL("./features.ts", import.meta.url),
  ),
);

/** Clusters of features from a file. */
export const cluster: LazyCommand = lazyCommand(
  "cluster",
  "Cluster features of any program: PCA-whitening and k-means",
  loadModule<typeof import("./cluster_flags.ts")>(
    new URL("./cluster_flags.ts", import.meta.url),
  ),
  loadModule<typeof import("./cluster.ts")>(
    new URL("./cluster.ts", import.meta.url),
  ),
);
