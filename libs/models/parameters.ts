/**
 * The parameters of a network: names and shapes of the authors' PyTorch
 * models, and what each is for.
 *
 * PyTorch's `num_batches_tracked` (an int64 counter beside every running mean)
 * is left out: with a running average of fixed momentum nothing computes with
 * it, and PyTorch itself fills it in when it loads a state without it.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import { type Layer, layersOf, type Network } from "./network.ts";

/** What a parameter is for. `fixed` ones are the Sobel filters. */
export type Role =
  | "weight"
  | "bias"
  | "scale"
  | "shift"
  | "runningMean"
  | "runningVariance"
  | "fixed";

/** Shape and purpose of a parameter. */
export interface ParameterShape {
  /** As PyTorch keeps it: filters `[out, in, h, w]`, matrices `[out, in]`. */
  readonly shape: Shape;
  /** What it is for. */
  readonly role: Role;
}

/** Names of the last layer's parameters, which clustering replaces. */
export const head = { weight: "top_layer.weight", bias: "top_layer.bias" };

/**
 * Lists the parameters of a network.
 *
 * @param network The network.
 * @param clusters Outputs of the last layer. Default: without that layer.
 * @returns Shapes and roles by name, in the order of PyTorch's `state_dict`:
 * features, classifier, `top_layer`, Sobel filters.
 *
 * @example Which parameters AlexNet has
 * ```ts
 * import { alexnet, parameterShapes } from "@deepcluster/models";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const network = Effect.runSync(alexnet({ sobel: true }));
 * const shapes = parameterShapes(network, 10_000);
 * assert.deepEqual(shapes["features.0.weight"]?.shape, [96, 2, 11, 11]);
 * assert.deepEqual(shapes["top_layer.weight"]?.shape, [10_000, 4096]);
 * ```
 */
export const parameterShapes = (
  network: Network,
  clusters?: number,
): Readonly<Record<string, ParameterShape>> => {
  const layers = layersOf(network);
  const isFixed = (layer: Layer) =>
    layer.type === "convolution" && layer.fixed === true;
  return Object.fromEntries([
    ...layers.filter((layer) => !isFixed(layer)).flatMap(parametersOf),
    ...(clusters === undefined ? [] : headShapes(network, clusters)),
    ...layers.filter(isFixed).flatMap(parametersOf),
  ]);
};

/**
 * Lists the names of the parameters that gradient descent changes.
 *
 * @param network The network.
 * @returns Names in the order of {@link parameterShapes}, the last layer's not
 * among them.
 */
export const trainable = (network: Network): readonly string[] =>
  Object.entries(parameterShapes(network))
    .filter(([, { role }]) =>
      role === "weight" || role === "bias" || role === "scale" ||
      role === "shift"
    )
    .map(([name]) => name);

type Entry = readonly [name: string, parameter: ParameterShape];

const headShapes = (
  { featureSize }: Network,
  clusters: number,
): readonly Entry[] => [
  [head.weight, { shape: [clusters, featureSize], role: "weight" }],
  [head.bias, { shape: [clusters], role: "bias" }],
];

const parametersOf = (layer: Layer): readonly Entry[] => {
  const entry = (field: string, role: Role, ...shape: number[]): Entry => [
    `${layer.name}.${field}`,
    { shape, role },
  ];
  switch (layer.type) {
    case "convolution": {
      const { inChannels, outChannels, kernel, bias, fixed } = layer;
      const filter = [outChannels, inChannels, kernel, kernel];
      return [
        entry("weight", fixed ? "fixed" : "weight", ...filter),
        ...(bias ? [entry("bias", fixed ? "fixed" : "bias", outChannels)] : []),
      ];
    }
    case "batchNorm":
      return [
        entry("weight", "scale", layer.channels),
        entry("bias", "shift", layer.channels),
        entry("running_mean", "runningMean", layer.channels),
        entry("running_var", "runningVariance", layer.channels),
      ];
    case "linear":
      return [
        entry("weight", "weight", layer.outFeatures, layer.inFeatures),
        entry("bias", "bias", layer.outFeatures),
      ];
    default:
      return [];
  }
};
