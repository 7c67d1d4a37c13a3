/**
 * Random weights as in the authors' code, each parameter from draws of its own
 * name: adding a layer changes no other layer's weights.
 *
 * Paper: section 3.4 and the authors' published code, `_initialize_weights`.
 *
 * @module
 */
import {
  draws,
  type FloatTensor,
  floatTensor,
  type Shape,
  sizeOf,
} from "@deepcluster/core";
import type { Network } from "./network.ts";
import { head, type ParameterShape, parameterShapes } from "./parameters.ts";

/** Parameters by name, such as `features.0.weight`. */
export type Parameters = Readonly<Record<string, FloatTensor>>;

/**
 * Draws a network's first weights.
 *
 * Convolutions N(0, sqrt(2 / (kernel² · filters))), fully connected layers
 * N(0, 0.01), biases 0; batch normalisation scales 1, shifts 0, running means
 * 0 and variances 1; Sobel filters as the paper gives them. About 70 ns a
 * weight: seconds for VGG-16.
 *
 * @param network The network.
 * @param seed The run's seed.
 * @returns Every parameter but the last layer's.
 */
export const initialise = (network: Network, seed: number): Parameters =>
  Object.fromEntries(
    Object.entries(parameterShapes(network)).map(([name, parameter]) => [
      name,
      floatTensor(parameter.shape, firstValues(name, parameter, seed)),
    ]),
  );

/**
 * Draws a fresh last layer, as after every clustering: weights N(0, 0.01),
 * bias 0.
 *
 * @param features Length of a feature.
 * @param clusters Number of classes.
 * @param seed The run's seed.
 * @param epoch Clustering that the layer belongs to: another layer each.
 * @returns `top_layer.weight` `[clusters, features]` and `top_layer.bias`
 * `[clusters]`.
 *
 * @example One layer an epoch
 * ```ts
 * import { initialiseHead } from "@deepcluster/models";
 * import assert from "node:assert/strict";
 *
 * const first = initialiseHead(4096, 100, 31, 0)["top_layer.weight"]!;
 * const second = initialiseHead(4096, 100, 31, 1)["top_layer.weight"]!;
 * assert.deepEqual(first.shape, [100, 4096]);
 * assert.notEqual(first.data[0], second.data[0]);
 * ```
 */
export const initialiseHead = (
  features: number,
  clusters: number,
  seed: number,
  epoch: number,
): Parameters => ({
  [head.weight]: floatTensor(
    [clusters, features],
    normals(clusters * features, 0.01, seed, "head", epoch),
  ),
  [head.bias]: floatTensor([clusters]),
});

const firstValues = (
  name: string,
  { shape, role }: ParameterShape,
  seed: number,
): Float32Array => {
  const count = sizeOf(shape);
  switch (role) {
    case "weight":
      return normals(count, deviation(shape), seed, "initialise", name);
    case "scale":
    case "runningVariance":
      return new Float32Array(count).fill(1);
    case "fixed":
      return Float32Array.from(fixedValues[name]!);
    default:
      return new Float32Array(count);
  }
};

const deviation = (shape: Shape): number =>
  shape.length === 4
    ? Math.sqrt(2 / (shape[2]! * shape[3]! * shape[0]!))
    : 0.01;

/**
 * Returns the filters that turn colours into Sobel gradients: constants, the
 * same in every model that sees such gradients.
 *
 * @returns Tensors by the names of their parameters.
 */
export const sobelFilters = (): Parameters => {
  const shapes: Readonly<Record<string, Shape>> = {
    "sobel.0.weight": [1, 3, 1, 1],
    "sobel.0.bias": [1],
    "sobel.1.weight": [2, 1, 3, 3],
    "sobel.1.bias": [2],
  };
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      floatTensor(shape, Float32Array.from(fixedValues[name]!)),
    ]),
  );
};

const fixedValues: Readonly<Record<string, readonly number[]>> = {
  "sobel.0.weight": [1 / 3, 1 / 3, 1 / 3],
  "sobel.0.bias": [0],
  // deno-fmt-ignore
  "sobel.1.weight": [
    1, 0, -1,
    2, 0, -2,
    1, 0, -1,

    1, 2, 1,
    0, 0, 0,
    -1, -2, -1,
  ],
  "sobel.1.bias": [0, 0],
};

const normals = (
  count: number,
  standardDeviation: number,
  seed: number,
  ...name: ReadonlyArray<string | number>
): Float32Array => {
  const { normal } = draws(seed, ...name);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = standardDeviation * normal();
  return values;
};
