/**
 * Rows of the demo's network: one epoch, and its training alone.
 *
 * @module
 */
import {
  emojiPixels,
  emojiSize,
  networks,
  seed,
} from "@deepcluster/benchmarks/workloads";
import { initialise, initialiseHead, layersOf } from "@deepcluster/models";
import { Effect } from "effect";
import type { Row } from "../row.ts";
import type { SharedFiles } from "../shared_files.ts";
import type { EpochSpec } from "../specs.ts";

/** Settings of the demo. */
const [size, pca, clusters, batch] = [32, 64, 200, 64];

/** `torch.compile` is slower than `channels_last` for so small a network. */
const pytorch = ["PyTorch + faiss", "PyTorch + faiss channels_last"] as const;

/** The rows. */
export const epochRows: readonly Row[] = [
  {
    name: "demo epoch",
    baselines: pytorch,
    repeats: 3,
    // Random draws differ, so objectives of k-means and losses differ by chance.
    tolerances: [0.03, 0.1],
    warmUp: false,
    prepare: (files) => epochSpec(files, "all"),
  },
  {
    name: "training epoch of the demo's network",
    baselines: pytorch,
    repeats: 3,
    tolerances: [0.05],
    warmUp: false,
    prepare: (files) => epochSpec(files, "training"),
  },
];

/**
 * Writes the input of one epoch of the demo.
 *
 * @param files Where the input goes.
 * @param part The entire epoch, or its training alone, for which images of
 * about one brightness get one pseudo-label.
 * @param limit Largest number of images, spread evenly over the set. Default:
 * all.
 * @returns The request for all processes.
 */
export const epochSpec = async (
  files: SharedFiles,
  part: EpochSpec["part"],
  limit = Infinity,
): Promise<EpochSpec> => {
  const pixels = await Effect.runPromise(emojiPixels(limit));
  const network = networks.small;
  const n = pixels.length / (emojiSize * emojiSize * 3);
  return {
    kind: "epoch",
    part,
    network: "small",
    layers: layersOf(network),
    tensors: await files.tensors("tensors", {
      ...initialise(network, seed),
      ...initialiseHead(network.featureSize, clusters, seed, 1),
    }),
    n,
    imageSize: emojiSize,
    size,
    images: await files.numbers("pixels", pixels),
    pseudoLabels: await files.numbers("pseudo-labels", byBrightness(pixels, n)),
    pca,
    clusters,
    batch,
  };
};

/** Equally many images per pseudo-label, ordered by their sum of all bytes. */
const byBrightness = (pixels: Uint8Array, n: number): Int32Array => {
  const bytes = pixels.length / n;
  const sums = Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = i * bytes; j < (i + 1) * bytes; j++) sum += pixels[j]!;
    return sum;
  });
  const pseudoLabels = new Int32Array(n);
  [...sums.keys()].sort((a, b) => sums[a]! - sums[b]!).forEach(
    (image, rank) => {
      pseudoLabels[image] = Math.floor(rank * clusters / n);
    },
  );
  return pseudoLabels;
};
