/**
 * Rows of networks: forward passes and training steps.
 *
 * @module
 */
import {
  networks,
  randomImages,
  randomPseudoLabels,
  seed,
} from "@deepcluster/benchmarks/workloads";
import {
  initialise,
  initialiseHead,
  layersOf,
  type Network,
} from "@deepcluster/models";
import type { Baseline, Row } from "../row.ts";
import type { SharedFiles } from "../shared_files.ts";

/** Relative tolerance of losses and mean features. */
const tolerance = 2e-3;

const forwardRow = (
  network: "alexnet" | "vgg16",
  batch: number,
  repeats: number,
  baselines: readonly Baseline[],
): Row => ({
  name: `forward ${network} batch=${batch}`,
  baselines,
  repeats,
  tolerances: [tolerance],
  warmUp: true,
  prepare: async (files) => ({
    kind: "forward",
    ...await inputOf(files, networks[network], batch),
    network,
    tensors: await files.tensors(
      "tensors",
      initialise(networks[network], seed),
    ),
  }),
});

/** PyTorch in each order of images in memory, interpreted and compiled. */
const pytorch: readonly Baseline[] = [
  "PyTorch",
  "PyTorch channels_last",
  "PyTorch compiled",
  "PyTorch compiled channels_last",
];

const stepRow = (batch: number, repeats: number): Row => ({
  name: `training step alexnet batch=${batch} clusters=1000`,
  baselines: pytorch,
  repeats,
  tolerances: [tolerance],
  warmUp: true,
  prepare: async (files) => {
    const network = networks.alexnet;
    const clusters = 1000;
    return {
      kind: "step",
      ...await inputOf(files, network, batch),
      network: "alexnet",
      tensors: await files.tensors("tensors", {
        ...initialise(network, seed),
        ...initialiseHead(network.featureSize, clusters, seed, 1),
      }),
      pseudoLabels: await files.numbers(
        "pseudo-labels",
        randomPseudoLabels(batch, clusters).data,
      ),
      clusters,
    };
  },
});

/** The images of a batch and the layers of the network. */
const inputOf = async (files: SharedFiles, network: Network, batch: number) => {
  const images = randomImages(network, batch);
  return {
    layers: layersOf(network),
    images: await files.numbers("images", images.data),
    shape: images.shape,
  };
};

/** The rows. */
export const networkRows: readonly Row[] = [
  forwardRow("alexnet", 32, 11, pytorch),
  forwardRow("alexnet", 8, 3, ["PyTorch", "tfjs-node", "tfjs wasm"]),
  forwardRow("vgg16", 8, 9, pytorch),
  stepRow(32, 9),
  stepRow(128, 5),
];
