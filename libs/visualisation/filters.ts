/**
 * The filters of a network's first layer as pictures.
 *
 * Paper: section 4.2, figure 3, "Filters from the first layer".
 *
 * @module
 */
import type { Image } from "@deepcluster/data";
import { firstNonFinite, type FloatTensor } from "@deepcluster/core";
import { type LayeredModel, NonFiniteWeightError } from "@deepcluster/features";
import { layerNames } from "@deepcluster/models";
import { Effect } from "effect";
import { NoNetworkError } from "./errors.ts";
import { enlarge } from "./picture.ts";
import { inRows, tiledPicture } from "./tiled_picture.ts";

const action = "draw filters";

/** The filters of a layer, drawn. */
export interface FilterPicture {
  /** All filters from 0 on, row by row. */
  readonly picture: Image;
  /** Name of their layer, `conv1`. */
  readonly layer: string;
  /** Number of filters. */
  readonly filters: number;
  /** Channels that each of them sees. */
  readonly channels: number;
  /** Weights of a channel across and down. */
  readonly kernel: number;
  /** Filters of a row. */
  readonly columns: number;
  /** What the colours mean, a sentence. */
  readonly legend: string;
}

/** How {@link filterPicture} draws. */
export interface FilterPictureOptions {
  /**
   * Pixels across and down one weight, an integer >= 1. Default: as many as
   * make a filter about 44 pixels wide.
   */
  readonly scale?: number;
}

/**
 * Draws the filters of a network's first convolution.
 *
 * Filters of RGB are drawn in colour, from their smallest weight, black, to
 * their largest, white. Others are drawn in grey, channel beside channel,
 * weight 0 in the middle grey: with Sobel the horizontal gradient on the left,
 * the vertical one on the right. Each filter is normalised for itself.
 *
 * @param model The model. Fixed Sobel filters before its network's first
 * convolution do not count.
 * @param options See {@link FilterPictureOptions}.
 * @returns The picture; or `NoNetworkError` for pixels and ONNX encoders, or
 * `NonFiniteWeightError`.
 *
 * @example Untrained filters
 * ```ts
 * import { initialise, small } from "@deepcluster/models";
 * import { filterPicture } from "@deepcluster/visualisation";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const network = Effect.runSync(small({ sobel: false }));
 * const { filters, columns, legend } = Effect.runSync(filterPicture({
 *   name: "random",
 *   network,
 *   parameters: initialise(network, 1),
 * }));
 * assert.deepEqual([filters, columns], [24, 6]);
 * assert.match(legend, /in RGB/);
 * ```
 */
export const filterPicture: (
  model: Pick<LayeredModel, "name" | "network" | "parameters">,
  options?: FilterPictureOptions,
) => Effect.Effect<FilterPicture, NoNetworkError | NonFiniteWeightError> =
  Effect.fn("filterPicture")(
    function* ({ name: model, network, parameters }, { scale } = {}) {
      if (network === undefined) {
        return yield* new NoNetworkError({ action, model });
      }
      const name = `${network.features[0]!.name}.weight`;
      const weights = parameters[name] as FloatTensor;
      const index = firstNonFinite(weights.data);
      if (index < weights.data.length) {
        const value = String(weights.data[index]);
        return yield* new NonFiniteWeightError({ action, name, index, value });
      }
      const [filters, channels, kernel] = weights.shape;
      const factor = scale ?? Math.ceil(44 / kernel!);
      const draw = channels === 3 ? colourTile : greyTiles;
      const tiles = Array.from({ length: filters! }, (_, filter) => {
        const size = channels! * kernel! ** 2;
        return draw(
          weights.data.subarray(filter * size, (filter + 1) * size),
          kernel!,
          factor,
        );
      });
      const rows = inRows(tiles, channels === 3 ? 1 : channels!);
      return {
        picture: tiledPicture(rows, channels === 3 ? {} : { border: 6 }),
        layer: layerNames(network)[0]!.name,
        filters: filters!,
        channels: channels!,
        kernel: kernel!,
        columns: rows[0]!.length,
        legend: legendOf(channels!, network.sobel),
      };
    },
  );

const legendOf = (channels: number, sobel: boolean): string =>
  channels === 3
    ? "Each filter is in RGB, from its smallest weight (0) to its largest (255)."
    : "Each filter is its channels side by side" +
      (sobel
        ? ", the horizontal Sobel gradient on the left and the vertical one " +
          "on the right"
        : "") +
      ": weights of 0 are middle grey, its largest weight in absolute value " +
      "is white or black.";

/** A filter of RGB `[3, k, k]`: smallest weight 0, largest 255. */
const colourTile = (
  weights: Float32Array,
  kernel: number,
  factor: number,
): Image => {
  const min = weights.reduce((a, b) => Math.min(a, b));
  const range = weights.reduce((a, b) => Math.max(a, b)) - min;
  const data = new Uint8Array(weights.length);
  const plane = kernel ** 2;
  weights.forEach((weight, i) => {
    const level = range === 0 ? 0.5 : (weight - min) / range;
    data[3 * (i % plane) + Math.floor(i / plane)] = Math.round(255 * level);
  });
  return enlarge({ width: kernel, height: kernel, data }, factor);
};

/** A filter `[channels, k, k]`, a grey square for each channel. */
const greyTiles = (
  weights: Float32Array,
  kernel: number,
  factor: number,
): Image => {
  const largest = weights.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const plane = kernel ** 2;
  const squares = Array.from(
    { length: weights.length / plane },
    (_, channel) =>
      enlarge(
        {
          width: kernel,
          height: kernel,
          data: Uint8Array.from({ length: 3 * plane }, (_, i) => {
            const weight = weights[channel * plane + Math.floor(i / 3)]!;
            const level = largest === 0 ? 0 : weight / largest;
            return Math.round(127.5 + 127.5 * level);
          }),
        },
        factor,
      ),
  );
  return tiledPicture([squares], { border: 1, margin: 0 });
};
