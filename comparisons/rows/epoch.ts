/**
 * The row of one epoch of the demo.
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

/** The row. */
export const epochRow: Row = {
  name: "demo epoch",
  baselines: ["PyTorch + faiss"],
  repeats: 3,
  // Random draws differ, so objectives of k-means and losses differ by chance.
  tolerances: [0.03, 0.1],
  warmUp: false,
  prepare: (files) => epochSpec(files, Infinity),
};

/**
 * Writes the input of one epoch of the demo.
 *
 * @param files Where the input goes.
 * @param limit Largest number of images, spread evenly over the set.
 * @returns The request for all processes.
 */
export const epochSpec = async (
  files: SharedFiles,
  limit: number,
): Promise<EpochSpec> => {
  const pixels = await Effect.runPromise(emojiPixels(limit));
  const network = networks.small;
  return {
    kind: "epoch",
    network: "small",
    layers: layersOf(network),
    tensors: await files.tensors("tensors", {
      ...initialise(network, seed),
      ...initialiseHead(network.featureSize, clusters, seed, 1),
    }),
    n: pixels.length / (emojiSize * emojiSize * 3),
    imageSize: emojiSize,
    size,
    images: await files.numbers("pixels", pixels),
    pca,
    clusters,
    batch,
  };
};
