/**
 * The demo: our small net on 12 000 emoji drawings. Not the paper's settings.
 *
 * - Needs: 1 GB of memory; two cores train it in about three minutes.
 * - Expect: `docs/results.md`.
 * - Command: `deno task demo`
 *
 * @module
 */
import type { Preset } from "./preset.ts";

/** Sixty images to a cluster, gradients of 32 pixels, mild crops. */
export const smallEmoji: Preset = {
  settings: {
    model: "small",
    size: 32,
    sobel: true,
    dropout: 0,
    clusters: 200,
    pca: 64,
    epochs: 10,
    batch: 64,
    extractBatch: 128,
    learningRate: 0.05,
    cropScale: [0.3, 1],
  },
  images: "the emoji set, which `deno task demo` renders",
};
