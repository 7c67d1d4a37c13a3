/**
 * Dropout by masks that we draw, so that a resumed run drops what it would
 * have dropped.
 *
 * Reference: N. Srivastava et al., "Dropout", 2014, in its inverted form:
 * activations that remain are scaled up in training, none in evaluation.
 *
 * @module
 */
import {
  draws,
  type FloatTensor,
  floatTensor,
  type Shape,
} from "@deepcluster/core";
import { layersOf, type Network, outputShapes } from "./network.ts";

/** A mask that a training graph is fed. */
export interface MaskShape {
  /** The dropout layer's name. */
  readonly layer: string;
  /** `[batch, …]`, as the layer's output. */
  readonly shape: Shape;
  /** Probability that an activation is dropped. */
  readonly rate: number;
}

/** Which masks to draw. */
export interface MaskDraw {
  /** The run's seed. */
  readonly seed: number;
  /** Clustering epoch. */
  readonly epoch: number;
  /** Training step within it. */
  readonly step: number;
}

/**
 * Lists the masks of a network's training graph.
 *
 * @param network The network.
 * @param batch Images of a step.
 * @returns Masks by the name of their input, such as `classifier.0.mask`. A
 * layer with rate 0 passes everything and has none.
 */
export const maskShapes = (
  network: Network,
  batch: number,
): Readonly<Record<string, MaskShape>> => {
  const shapes = outputShapes(network, batch);
  return Object.fromEntries(
    layersOf(network).flatMap((layer) =>
      layer.type === "dropout" && layer.rate > 0
        ? [[`${layer.name}.mask`, {
          layer: layer.name,
          shape: shapes[layer.name]!,
          rate: layer.rate,
        }]]
        : []
    ),
  );
};

/**
 * Draws the dropout masks of one training step.
 *
 * Every layer draws under its own name, so masks of different layers, steps
 * and epochs are independent.
 *
 * @param network The network.
 * @param batch Images of a step.
 * @param draw See {@link MaskDraw}.
 * @param into Earlier masks of the same network and batch, overwritten and
 * returned. Default: new ones.
 * @returns Masks by input name, each value 0 or `1 / (1 - rate)`.
 *
 * @example About half the activations are dropped, the others doubled
 * ```ts
 * import { alexnet, dropoutMasks } from "@deepcluster/models";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const network = Effect.runSync(alexnet({ sobel: true }));
 * const masks = dropoutMasks(network, 4, { seed: 31, epoch: 0, step: 0 });
 * const mask = masks["classifier.3.mask"]!;
 * assert.deepEqual(mask.shape, [4, 4096]);
 * assert.deepEqual(new Set(mask.data), new Set([0, 2]));
 * ```
 */
export const dropoutMasks = (
  network: Network,
  batch: number,
  draw: MaskDraw,
  into?: Readonly<Record<string, FloatTensor>>,
): Readonly<Record<string, FloatTensor>> =>
  Object.fromEntries(
    Object.entries(maskShapes(network, batch)).map(
      ([name, { layer, shape, rate }]) => {
        const mask = into?.[name] ?? floatTensor(shape);
        drawMask(mask.data, rate, layer, draw);
        return [name, mask];
      },
    ),
  );

const drawMask = (
  mask: Float32Array,
  rate: number,
  layer: string,
  { seed, epoch, step }: MaskDraw,
): void => {
  const { uniform } = draws(seed, "dropout", layer, epoch, step);
  const scale = 1 / (1 - rate);
  for (let i = 0; i < mask.length; i++) {
    // Without a branch, which a processor would mispredict half the time.
    mask[i] = scale * Number(uniform() >= rate);
  }
};
