/**
 * Fully connected layers drawn anew: what is transferred is the convolutional
 * part of a network.
 *
 * Paper: section 4.4, and the authors' `eval_voc_classif.py`, which draws fc6
 * and fc7 from N(0, 0.01), leaves the last layer as PyTorch makes it, and sets
 * all biases to 0.1.
 *
 * Departure: when all layers are trained the authors' code draws the
 * convolutions anew as well, so that nothing of what was learned is left. Ours
 * keeps them.
 *
 * @module
 */
import { draws, floatTensor, type Tensors } from "@deepcluster/core";
import { head, type Network } from "@deepcluster/models";

/**
 * Draws the fully connected layers and the last one.
 *
 * @param network The network.
 * @param classes Outputs of the last layer.
 * @param seed Names the draws.
 * @returns Weights `[out, in]` and biases `[out]` under their names, those of
 * the last layer among them.
 *
 * @example Biases begin at a tenth
 * ```ts
 * import { freshClassifier } from "@deepcluster/voc";
 * import { small } from "@deepcluster/models";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const network = Effect.runSync(small({ sobel: false }));
 * const { "top_layer.bias": bias } = freshClassifier(network, 20, 31);
 * assert.deepEqual(bias?.data, new Float32Array(20).fill(0.1));
 * ```
 */
export const freshClassifier = (
  network: Network,
  classes: number,
  seed: number,
): Tensors => ({
  ...Object.assign(
    {},
    ...network.classifier.map((layer) =>
      layer.type === "linear"
        ? drawLayer(layer.name, layer.outFeatures, layer.inFeatures, seed)
        : {}
    ),
  ),
  ...lastLayer(classes, network.featureSize, seed),
});

const drawLayer = (
  name: string,
  outputs: number,
  inputs: number,
  seed: number,
): Tensors => {
  const { normal } = draws(seed, "voc", name);
  return {
    [`${name}.weight`]: floatTensor(
      [outputs, inputs],
      Float32Array.from({ length: outputs * inputs }, () => 0.01 * normal()),
    ),
    [`${name}.bias`]: tenths(outputs),
  };
};

/** Weights as PyTorch's `Linear` begins with: uniform up to 1/sqrt(inputs). */
const lastLayer = (classes: number, inputs: number, seed: number): Tensors => {
  const { uniform } = draws(seed, "voc", head.weight);
  const most = 1 / Math.sqrt(inputs);
  return {
    [head.weight]: floatTensor(
      [classes, inputs],
      Float32Array.from(
        { length: classes * inputs },
        () => most * (2 * uniform() - 1),
      ),
    ),
    [head.bias]: tenths(classes),
  };
};

const tenths = (count: number) =>
  floatTensor([count], new Float32Array(count).fill(0.1));
