/**
 * Floating-point operations of networks. A multiplication and an addition count
 * as two. Only convolutions and fully connected layers are counted.
 *
 * @module
 */
import { sizeOf } from "@deepcluster/core";
import {
  type Layer,
  layersOf,
  type Network,
  outputShapes,
} from "@deepcluster/models";

/**
 * Operations of a forward pass.
 *
 * @param network The network.
 * @param batch Images.
 * @returns Operations.
 */
export const forwardOperations = (network: Network, batch: number): number =>
  productsOf(network, batch).reduce((sum, { cost }) => sum + cost, 0);

/**
 * Operations of a training step: every product once forward, once for the
 * gradient of its weights and, but for the first layer, once for that of its
 * input.
 *
 * @param network The network.
 * @param batch Images.
 * @param clusters Outputs of the last layer.
 * @returns Operations.
 */
export const stepOperations = (
  network: Network,
  batch: number,
  clusters: number,
): number => {
  const products = productsOf(network, batch);
  const fixed = products.filter((product) => product.fixed);
  const [first, ...others] = products.filter((product) => !product.fixed);
  const head = 2 * batch * network.featureSize * clusters;
  return fixed.reduce((sum, { cost }) => sum + cost, 0) + 2 * first!.cost +
    3 * others.reduce((sum, { cost }) => sum + cost, head);
};

interface Product {
  readonly cost: number;
  readonly fixed: boolean;
}

const productsOf = (network: Network, batch: number): readonly Product[] => {
  const shapes = outputShapes(network, batch);
  return layersOf(network).flatMap((layer) => {
    const terms = termsOf(layer);
    if (terms === 0) return [];
    const fixed = layer.type === "convolution" && layer.fixed === true;
    return { cost: 2 * sizeOf(shapes[layer.name]!) * terms, fixed };
  });
};

/** Products that are added up to one number of the output. */
const termsOf = (layer: Layer): number => {
  if (layer.type === "convolution") {
    return layer.inChannels * layer.kernel ** 2;
  }
  return layer.type === "linear" ? layer.inFeatures : 0;
};
