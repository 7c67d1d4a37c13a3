/**
 * Our small net on Fashion-MNIST. Not the paper's settings.
 *
 * - Needs: the four IDX files in a folder (Debian's package
 *   `dataset-fashion-mnist` holds them); 1 GB of memory.
 * - Expect: not measured yet.
 * - Command: `deno task train FOLDER --run runs/fashion
 *   --preset small-fashion-mnist`
 *
 * @module
 */
import type { Preset } from "./preset.ts";

/** Grey pictures of clothes: a hundred images to a cluster. */
export const smallFashionMnist: Preset = {
  settings: {
    model: "small",
    size: 32,
    sobel: true,
    dropout: 0,
    clusters: 600,
    pca: 64,
    epochs: 14,
    batch: 64,
    extractBatch: 128,
    learningRate: 0.05,
    cropScale: [0.3, 1],
  },
  images: "Fashion-MNIST's 60 000 training images",
};
