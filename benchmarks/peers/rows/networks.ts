/**
 * Rows of networks: forward passes and steps of training.
 *
 * @module
 */
import {
  initialise,
  initialiseHead,
  layersOf,
  type Network,
} from "@deepcluster/models";
import {
  madeImages,
  madeLabels,
  networks,
  seed,
} from "../../works/networks.ts";
import type { Shared } from "../data.ts";
import type { Peer, Row } from "../row.ts";

/** Losses and mean features of both sides agree to this share. */
const agreement = 2e-3;

const forwardRow = (
  network: "alexnet" | "vgg16",
  batch: number,
  repeats: number,
  peers: readonly Peer[],
): Row => ({
  name: `forward ${network} batch=${batch}`,
  peers,
  repeats,
  tolerances: [agreement],
  warm: true,
  prepare: async (shared) => ({
    kind: "forward",
    ...await fed(shared, networks[network], batch),
    network,
    tensors: await shared.tensors(
      "tensors",
      initialise(networks[network], seed),
    ),
  }),
});

const stepRow = (batch: number, repeats: number): Row => ({
  name: `training step alexnet batch=${batch} clusters=1000`,
  peers: ["PyTorch"],
  repeats,
  tolerances: [agreement],
  warm: true,
  prepare: async (shared) => {
    const network = networks.alexnet;
    const clusters = 1000;
    return {
      kind: "step",
      ...await fed(shared, network, batch),
      network: "alexnet",
      tensors: await shared.tensors("tensors", {
        ...initialise(network, seed),
        ...initialiseHead(network.featureSize, clusters, seed, 1),
      }),
      labels: await shared.numbers("labels", madeLabels(batch, clusters).data),
      clusters,
    };
  },
});

/** Images of a batch, and the layers that they go through. */
const fed = async (shared: Shared, network: Network, batch: number) => {
  const images = madeImages(network, batch);
  return {
    layers: layersOf(network),
    images: await shared.numbers("images", images.data),
    shape: images.shape,
  };
};

/** The rows. */
export const networkRows: readonly Row[] = [
  forwardRow("alexnet", 32, 11, ["PyTorch"]),
  forwardRow("alexnet", 8, 3, ["PyTorch", "tfjs-node", "tfjs wasm"]),
  forwardRow("vgg16", 8, 9, ["PyTorch"]),
  stepRow(32, 20),
  stepRow(128, 20),
];
