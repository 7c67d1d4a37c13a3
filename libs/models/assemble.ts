/**
 * Puts a network together: checks its options, scales its width, and sizes
 * the first fully connected layer by the last map.
 *
 * @module
 */
import { Effect } from "effect";
import {
  ImageTooSmallError,
  type NetworkError,
  NetworkOptionError,
} from "./errors.ts";
import {
  type Layer,
  type Network,
  type NetworkOptions,
  outputSide,
  sequential,
  type Unnamed,
} from "./network.ts";

/** What distinguishes one network from another. */
export interface Architecture {
  /** Name of the network. */
  readonly name: string;
  /** Its options, defaults filled in. */
  readonly options: Required<NetworkOptions>;
  /** Convolutional layers, from the channels of their input. */
  readonly features: (inChannels: number) => readonly Unnamed[];
  /** Fully connected layers, from the length of the flattened last map. */
  readonly classifier: (inFeatures: number) => readonly Unnamed[];
}

/**
 * Builds a network.
 *
 * @param architecture See {@link Architecture}.
 * @returns The network, or `NetworkOptionError` when an option breaks its
 * rule, or `ImageTooSmallError` when a window does not fit.
 */
export const assemble: (
  architecture: Architecture,
) => Effect.Effect<Network, NetworkError> = Effect
  .fnUntraced(function* (
    { name, options, features: featuresFor, classifier },
  ) {
    const { sobel, size } = options;
    const broken = brokenOption(options);
    if (broken !== undefined) {
      return yield* new NetworkOptionError({ network: name, ...broken });
    }
    const features = sequential("features", featuresFor(sobel ? 2 : 3));
    const side = lastSide(features, size);
    const fullyConnected = sequential(
      "classifier",
      classifier(lastChannels(features) * side * side),
    );
    if (![...features, ...fullyConnected].every(whole)) {
      return yield* new NetworkOptionError({
        network: name,
        option: "width",
        rule: "such that every layer has a whole number of channels",
        value: String(options.width),
      });
    }
    if (side < 1) {
      const minimum = smallestSize(features);
      return yield* new ImageTooSmallError({ network: name, size, minimum });
    }
    return {
      name,
      input: { channels: 3, size },
      sobel,
      features,
      classifier: [{ type: "flatten", name: "flatten" }, ...fullyConnected],
      featureSize: lastUnits(fullyConnected),
    };
  });

/**
 * Describes a convolution that keeps the size, batch normalisation and ReLU.
 *
 * @param inChannels Channels of the input.
 * @param outChannels Filters.
 * @param geometry Kernel, stride and padding. Default: 3, 1 and 1.
 * @param bias Whether the convolution adds one. Default: true, as in the
 * authors' networks, where the normalisation takes it away again.
 * @returns Three layers.
 */
export const convolutionBlock = (
  inChannels: number,
  outChannels: number,
  geometry: { kernel: number; stride: number; padding: number } = {
    kernel: 3,
    stride: 1,
    padding: 1,
  },
  bias = true,
): readonly Unnamed[] => [
  { type: "convolution", inChannels, outChannels, ...geometry, bias },
  { type: "batchNorm", channels: outChannels },
  { type: "relu" },
];

const brokenOption = (
  { size, width, dropout }: Required<NetworkOptions>,
): { option: string; rule: string; value: string } | undefined => {
  if (!(Number.isInteger(size) && size >= 1)) {
    return { option: "size", rule: "an integer >= 1", value: String(size) };
  }
  if (!(width > 0 && Number.isFinite(width))) {
    return { option: "width", rule: "> 0 and finite", value: String(width) };
  }
  if (!(dropout >= 0 && dropout < 1)) {
    const rule = ">= 0 and < 1";
    return { option: "dropout", rule, value: String(dropout) };
  }
  return undefined;
};

/** Whether a layer has a whole number of channels, or none of its own. */
const whole = (layer: Layer): boolean =>
  layer.type === "convolution"
    ? Number.isInteger(layer.outChannels)
    : layer.type === "linear"
    ? Number.isInteger(layer.outFeatures)
    : true;

/** Side of the last map, or 0 when a window does not fit on the way. */
const lastSide = (features: readonly Layer[], size: number): number =>
  features.reduce(
    (side, layer) => side < 1 ? 0 : outputSide(layer, side),
    size,
  );

const smallestSize = (features: readonly Layer[]): number => {
  let size = 1;
  while (lastSide(features, size) < 1) size++;
  return size;
};

const lastChannels = (features: readonly Layer[]): number =>
  features.reduce(
    (channels, layer) =>
      layer.type === "convolution" ? layer.outChannels : channels,
    0,
  );

const lastUnits = (layers: readonly Layer[]): number =>
  layers.reduce(
    (units, layer) => layer.type === "linear" ? layer.outFeatures : units,
    0,
  );
