/**
 * Our small net on Fashion-MNIST. Not the paper's settings.
 *
 * - Needs: the four IDX files in a folder (Debian's package
 *   `dataset-fashion-mnist` holds them); 1 GB of memory.
 * - Expect: `docs/results.md`.
 * - Command: `deno task train FOLDER --run runs/fashion
 *   --preset small-fashion-mnist`; on a tenth of the images with
 *   `--limit 6000 --clusters 60`
 *
 * @module
 */
import type { Preset } from "./preset.ts";

/**
 * Grey pictures of clothes: a hundred images to a cluster. Crops keep half of
 * the image or more, and nothing is mirrored: shoes all point left.
 */
export const smallFashionMnist: Preset = {
  settings: {
    model: "small",
    size: 32,
    sobel: true,
    dropout: 0,
    clusters: 600,
    pca: 64,
    epochs: 20,
    batch: 64,
    extractBatch: 128,
    learningRate: 0.05,
    cropScale: [0.5, 1],
    flip: false,
  },
  images: "Fashion-MNIST's 60 000 training images",
};
