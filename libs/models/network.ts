/**
 * A network as plain data: a list of layers with their sizes, each under the
 * path that PyTorch gives it, so that parameters need no renaming.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";

/** One layer; kernels, strides and paddings are the same both ways. */
export type Layer =
  | {
    readonly type: "convolution";
    readonly name: string;
    readonly inChannels: number;
    readonly outChannels: number;
    readonly kernel: number;
    readonly stride: number;
    readonly padding: number;
    /** Whether a number is added to every channel. */
    readonly bias: boolean;
    /** Never trained: the Sobel filters. Default: false. */
    readonly fixed?: boolean;
  }
  | {
    readonly type: "batchNorm";
    readonly name: string;
    readonly channels: number;
  }
  | { readonly type: "relu" | "flatten"; readonly name: string }
  | {
    readonly type: "maxPool";
    readonly name: string;
    readonly kernel: number;
    readonly stride: number;
  }
  | {
    readonly type: "dropout";
    readonly name: string;
    /** Probability that an activation is dropped, from 0 to below 1. */
    readonly rate: number;
  }
  | {
    readonly type: "linear";
    readonly name: string;
    readonly inFeatures: number;
    readonly outFeatures: number;
  };

/** A network without its last layer: what the paper calls f. */
export interface Network {
  /** Which network: `alexnet`, `vgg16`, `small`. */
  readonly name: string;
  /** What it is fed: `[n, channels, size, size]`, normalised. */
  readonly input: {
    /** RGB. */
    readonly channels: 3;
    /** Side of the square image, in pixels. */
    readonly size: number;
  };
  /** Whether the image passes through fixed Sobel filters first. */
  readonly sobel: boolean;
  /** Convolutional part, from the image to its last map. */
  readonly features: readonly Layer[];
  /** Fully connected part; ends in the ReLU that clustering leaves out. */
  readonly classifier: readonly Layer[];
  /** Length of a feature: outputs of the last fully connected layer. */
  readonly featureSize: number;
}

/** Options of every network. */
export interface NetworkOptions {
  /** Feeds the network Sobel gradients of the grey image instead of RGB. */
  readonly sobel: boolean;
  /** Side of the square image, in pixels. */
  readonly size?: number;
  /** Multiplies every number of channels and units. Default: 1. */
  readonly width?: number;
  /** Probability that a fully connected activation is dropped. */
  readonly dropout?: number;
}

/** A layer whose place will name it. */
export type Unnamed = Layer extends infer L
  ? L extends Layer ? Omit<L, "name"> : never
  : never;

/**
 * Names layers by their position, as PyTorch's `Sequential` does.
 *
 * @param path Name of the sequence, such as `features`.
 * @param layers The layers in order.
 * @returns The layers as `features.0`, `features.1`, …
 */
export const sequential = (
  path: string,
  layers: readonly Unnamed[],
): readonly Layer[] =>
  layers.map((layer, place): Layer => ({ ...layer, name: `${path}.${place}` }));

/** The paper's fixed input layers (section 3.4): grey, then two gradients. */
export const sobelLayers: readonly Layer[] = sequential("sobel", [
  {
    type: "convolution",
    inChannels: 3,
    outChannels: 1,
    kernel: 1,
    stride: 1,
    padding: 0,
    bias: true,
    fixed: true,
  },
  {
    type: "convolution",
    inChannels: 1,
    outChannels: 2,
    kernel: 3,
    stride: 1,
    padding: 1,
    bias: true,
    fixed: true,
  },
]);

/**
 * Lists every layer of a network in the order of computation.
 *
 * @param network The network.
 * @returns Sobel layers if it has them, features, classifier.
 */
export const layersOf = (network: Network): readonly Layer[] => [
  ...(network.sobel ? sobelLayers : []),
  ...network.features,
  ...network.classifier,
];

/**
 * Returns the name of the layer whose output is clustered: the last fully
 * connected one, before its ReLU (paper section 3.2).
 *
 * @param network The network.
 * @returns The layer's name.
 */
export const featureLayer = (network: Network): string =>
  network.classifier.findLast(({ type }) => type === "linear")!.name;

/**
 * Returns the shape of every layer's output, without computing anything.
 *
 * @param network The network.
 * @param batch Images of a batch.
 * @returns Shapes by layer name: `[batch, c, h, w]` before `flatten`,
 * `[batch, d]` from there on.
 *
 * @example The last map of AlexNet
 * ```ts
 * import { alexnet, outputShapes } from "@deepcluster/models";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const network = Effect.runSync(alexnet({ sobel: true }));
 * assert.deepEqual(outputShapes(network, 8)["features.17"], [8, 256, 6, 6]);
 * ```
 */
export const outputShapes = (
  network: Network,
  batch: number,
): Readonly<Record<string, Shape>> => {
  const { channels, size } = network.input;
  let shape: Shape = [batch, channels, size, size];
  const shapes: Record<string, Shape> = {};
  for (const layer of layersOf(network)) {
    shape = outputShape(layer, shape);
    shapes[layer.name] = shape;
  }
  return shapes;
};

const outputShape = (layer: Layer, shape: Shape): Shape => {
  switch (layer.type) {
    case "convolution": {
      const side = outputSide(layer, shape[2]!);
      return [shape[0]!, layer.outChannels, side, side];
    }
    case "maxPool": {
      const side = outputSide(layer, shape[2]!);
      return [shape[0]!, shape[1]!, side, side];
    }
    case "flatten":
      return [shape[0]!, shape.slice(1).reduce((a, b) => a * b, 1)];
    case "linear":
      return [shape[0]!, layer.outFeatures];
    default:
      return shape;
  }
};

/**
 * Returns the side of a layer's output map.
 *
 * @param layer Any layer; those without a window keep the side.
 * @param side Of its input, in pixels.
 * @returns Pixels; 0 or less when the window does not fit.
 */
export const outputSide = (layer: Unnamed, side: number): number => {
  const padding = layer.type === "convolution" ? layer.padding : 0;
  return layer.type === "convolution" || layer.type === "maxPool"
    ? Math.floor((side + 2 * padding - layer.kernel) / layer.stride) + 1
    : side;
};
