/**
 * Which pixels of its input a position of a network's map depends on.
 *
 * Reference: A. Araujo, W. Norris and J. Sim, "Computing receptive fields of
 * convolutional neural networks", 2019.
 *
 * @module
 */
import { layersOf, type Network } from "@deepcluster/models";

/**
 * What the positions of a map see along one side of the input, in pixels.
 * Networks are the same both ways.
 */
export interface ReceptiveField {
  /** Pixels that a position sees, those beyond the input counted. */
  readonly size: number;
  /** Pixels from what a position sees to what the next one sees. */
  readonly stride: number;
  /** The first pixel that position 0 sees; below 0 where there is padding. */
  readonly start: number;
}

/** Pixels of an image. */
export interface Region {
  /** The first column. */
  readonly left: number;
  /** The first row. */
  readonly top: number;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/**
 * Follows windows, strides and paddings of all layers up to one, the Sobel
 * filters included.
 *
 * @param network The network.
 * @param path Path of a layer of its convolutional part, such as `features.2`.
 * @returns What the positions of the layer's output see.
 *
 * @example AlexNet's last convolution
 * ```ts
 * import { alexnet } from "@deepcluster/models";
 * import { receptiveField } from "@deepcluster/visualisation";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const network = Effect.runSync(alexnet({ sobel: false }));
 * assert.deepEqual(receptiveField(network, "features.16"), {
 *   size: 163,
 *   stride: 16,
 *   start: -66,
 * });
 * ```
 */
export const receptiveField = (
  network: Network,
  path: string,
): ReceptiveField => {
  let field: ReceptiveField = { size: 1, stride: 1, start: 0 };
  for (const layer of layersOf(network)) {
    if (layer.type === "convolution" || layer.type === "maxPool") {
      const padding = layer.type === "convolution" ? layer.padding : 0;
      field = {
        size: field.size + (layer.kernel - 1) * field.stride,
        stride: field.stride * layer.stride,
        start: field.start - padding * field.stride,
      };
    }
    if (layer.name === path) break;
  }
  return field;
};

/**
 * Returns the pixels that a position sees, cut to the input.
 *
 * @param field Of the map.
 * @param row Row of the position in the map.
 * @param column Its column.
 * @param side Side of the square input, in pixels.
 * @returns At least one pixel: a position never sees padding alone.
 */
export const seenRegion = (
  field: ReceptiveField,
  row: number,
  column: number,
  side: number,
): Region => {
  const [top, height] = seen(field, row, side);
  const [left, width] = seen(field, column, side);
  return { left, top, width, height };
};

const seen = (
  { size, stride, start }: ReceptiveField,
  position: number,
  side: number,
): readonly [first: number, count: number] => {
  const from = start + position * stride;
  const first = Math.max(0, from);
  return [first, Math.min(side, from + size) - first];
};
