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
import { forward, type Network, parameterInputs } from "@deepcluster/models";
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
  /** The network; absent for the pixels. */
  readonly network?: Network;
  /** Its parameters by name; none for the pixels. */
  readonly parameters: Tensors;
}

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
