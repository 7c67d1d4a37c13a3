/**
 * The graph that computes some layers of a model.
 *
 * Paper: section 4.3: batch normalisation by its running statistics.
 *
 * @module
 */
import type { Tensors } from "@deepcluster/core";
import {
  averagePool,
  type BuildError,
  buildGraph,
  flatten,
  type Graph,
  input,
  type Value,
} from "@deepcluster/graph";
import {
  type ClusteringTransformOptions,
  decodedShortSideFor,
  type DecodeOptions,
} from "@deepcluster/data";
import {
  forward,
  type ImageEncoder,
  type Network,
  parameterInputs,
} from "@deepcluster/models";
import type { Effect } from "effect";
import type { EvaluatedLayer } from "./layer_pools.ts";

/** A model whose layers can be read. */
export interface LayeredModel {
  /** For notes: `runs/demo, epoch 10`, `random`, `pixels`. */
  readonly name: string;
  /** Tells these weights from all others; 64 hexadecimal digits. */
  readonly identity: string;
  /** Side of the square image that it sees, in pixels. */
  readonly size: number;
  /** The network; absent for the pixels, and for encoders of others. */
  readonly network?: Network;
  /** The encoder, where the model is an ONNX file. */
  readonly encoder?: ImageEncoder;
  /** The network's parameters by name; none of other models. */
  readonly parameters: Tensors;
}

/**
 * Says how images become the input of a model, in every command.
 *
 * @param model The model.
 * @returns Options of `clusteringTransform` and its like: the encoder's own, or
 * the paper's.
 */
export const transformOptionsOf = (
  { encoder, size }: Pick<LayeredModel, "encoder" | "size">,
): ClusteringTransformOptions => {
  if (encoder === undefined) return { crop: size };
  const { channels, maxShortSide: _, ...options } = encoder.preprocessing;
  return { ...options, grey: channels === "grey" };
};

/**
 * Says how images are decoded for a model.
 *
 * @param model The model.
 * @returns Encoders of others see images that were resized once, from their
 * full size; the paper's networks, images reduced while they are decoded.
 */
export const decodeOptionsOf = (
  { encoder, size }: Pick<LayeredModel, "encoder" | "size">,
): DecodeOptions => {
  if (encoder === undefined) return { maxShortSide: decodedShortSideFor(size) };
  const { maxShortSide } = encoder.preprocessing;
  return maxShortSide === undefined ? {} : { maxShortSide };
};

/**
 * Builds the graph of a pass that gives several layers at once, in evaluation
 * mode.
 *
 * @param network The network; undefined for the pixels.
 * @param size Side of the square image, in pixels.
 * @param batch Images of a run.
 * @param layers Layers whose outputs the graph returns.
 * @returns A graph with the input `images` and an output `[batch, d]` for each
 * layer, its whole state constant; or `ShapeError` when `size` or `batch` is no
 * positive integer.
 */
export const layersGraph = (
  network: Network | undefined,
  size: number,
  batch: number,
  layers: readonly EvaluatedLayer[],
): Effect.Effect<Graph, BuildError> =>
  buildGraph(() => {
    const images = input("images", [batch, 3, size, size]);
    const state = network === undefined ? {} : parameterInputs(network);
    const values = network === undefined
      ? {}
      : forward(network, images, state, "evaluation").layers;
    const outputs = layers.map((layer): [string, Value] => {
      const { name, layerOutput, pool } = layer;
      const map = layerOutput === undefined ? images : values[layerOutput]!;
      const pooled = pool === undefined ? map : averagePool(map, pool);
      return [name, pooled.shape.length === 2 ? pooled : flatten(pooled)];
    });
    return { outputs: Object.fromEntries(outputs), state };
  });
