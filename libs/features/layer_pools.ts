/**
 * Which outputs of a network are evaluated, and how maps are pooled first.
 *
 * Paper: section 4.3. One rule gives the five poolings of the paper's AlexNet
 * and those of every other network and size: the smallest window, which is
 * also its step, that leaves at most 10 000 values; zeros are put around the
 * map where it would else lose its edge and the values stay within 10 000.
 *
 * @module
 */
import { layerNames, type Network, outputShapes } from "@deepcluster/models";

/** Average-pooling of a map; windows and steps are the same both ways. */
export interface LayerPool {
  /** Pixels across and down of a window. */
  readonly kernel: number;
  /** Pixels from one window to the next. */
  readonly stride: number;
  /** Zeros put around the map, counted in the average. */
  readonly padding: number;
}

/** One output of a network that can be evaluated. */
export interface EvaluatedLayer {
  /** Name that `layerNames` gives it, such as `conv5`; `pixels`: the input. */
  readonly name: string;
  /** Path of the layer whose output it is; absent for the pixels. */
  readonly layerOutput?: string;
  /** How a map is pooled; absent where nothing is to be pooled. */
  readonly pool?: LayerPool;
  /** Values of an image, d. */
  readonly columns: number;
}

/** Values of an image that the paper pools to, at most. */
export const mostPooled = 10_000;

/**
 * Lists what can be evaluated of a network.
 *
 * @param network The network.
 * @returns Convolutions, fully connected layers, `features`; in the order of
 * computation.
 *
 * @example The poolings of the paper
 * ```ts
 * import { evaluatedLayers } from "@deepcluster/features";
 * import { alexnet } from "@deepcluster/models";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const layers = evaluatedLayers(Effect.runSync(alexnet({ sobel: true })));
 * assert.deepEqual(
 *   layers.map(({ name, columns }) => `${name} ${columns}`).slice(0, 6),
 *   [
 *     "conv1 9600",
 *     "conv2 9216",
 *     "conv3 9600",
 *     "conv4 9600",
 *     "conv5 9216",
 *     "fc6 4096",
 *   ],
 * );
 * ```
 */
export const evaluatedLayers = (
  network: Network,
): readonly EvaluatedLayer[] => {
  const shapes = outputShapes(network, 1);
  return layerNames(network).map(({ name, path }) => {
    const [, channels, side = 1] = shapes[path]!;
    return name === "features"
      ? { name, layerOutput: path, columns: network.featureSize }
      : { name, layerOutput: path, ...pooledMap(channels!, side) };
  });
};

/**
 * The pixels that a network of a size would see, as something to evaluate.
 *
 * @param size Side of the square image, in pixels.
 * @returns Colours of all pixels, pooled as maps are.
 */
export const pixelsLayer = (size: number): EvaluatedLayer => ({
  name: "pixels",
  ...pooledMap(3, size),
});

/**
 * The pooling of a map.
 *
 * @param channels Its channels.
 * @param side Its pixels across and down.
 * @returns The pooling, or nothing when the map is small enough.
 */
export const poolFor = (
  channels: number,
  side: number,
): LayerPool | undefined => {
  const fits = (windows: number) => channels * windows ** 2 <= mostPooled;
  if (fits(side)) return undefined;
  let kernel = 2;
  // A single window of more channels than fit is as far as pooling can go.
  while (kernel < side && !fits(Math.floor(side / kernel))) kernel++;
  const covering = Math.ceil(side / kernel);
  const padding = fits(covering)
    ? Math.ceil((covering * kernel - side) / 2)
    : 0;
  return { kernel, stride: kernel, padding };
};

/**
 * A map as it is evaluated.
 *
 * @param channels Its channels.
 * @param side Its pixels across and down.
 * @returns Its pooling, if any, and the values that are left.
 */
export const pooledMap = (
  channels: number,
  side: number,
): Pick<EvaluatedLayer, "pool" | "columns"> => {
  const pool = poolFor(channels, side);
  if (pool === undefined) return { columns: channels * side ** 2 };
  const { kernel, stride, padding } = pool;
  const windows = Math.floor((side + 2 * padding - kernel) / stride) + 1;
  return { pool, columns: channels * windows ** 2 };
};
