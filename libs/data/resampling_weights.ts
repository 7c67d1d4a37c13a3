/**
 * Which input pixels make each output pixel when one axis of an image is
 * resized, and how heavily: Pillow's filters, whose support grows with the
 * reduction.
 *
 * Reference: A. Clark et al., Pillow 9.4, `src/libImaging/Resample.c`.
 *
 * @module
 */

/** Pillow's name of a filter in lower case; its default support and shape. */
export type Interpolation = keyof typeof filters;

/** Weights of one axis; see {@link setWeights}. */
export interface AxisWeights {
  /** First input pixel of each output pixel. */
  readonly first: Int32Array;
  /** Number of input pixels of each output pixel. */
  readonly count: Int32Array;
  /** Weights of one output pixel after the other, `taps` places for each. */
  weights: Float64Array;
  /** Places for each output pixel. */
  taps: number;
}

/**
 * Makes room for the weights of an axis.
 *
 * @param side Output pixels that are kept.
 * @returns Weights that are not set.
 */
export const axisWeights = (side: number): AxisWeights => ({
  first: new Int32Array(side),
  count: new Int32Array(side),
  weights: new Float64Array(0),
  taps: 0,
});

/**
 * Computes the weights of the kept pixels: Pillow's `precompute_coeffs`.
 *
 * @param axis Where they go; its length says how many pixels are kept.
 * @param interpolation The filter.
 * @param inputSize Pixels that are resized.
 * @param outputSize Pixels to which they are resized.
 * @param kept First output pixel that is kept.
 */
export const setWeights = (
  axis: AxisWeights,
  interpolation: Interpolation,
  inputSize: number,
  outputSize: number,
  kept: number,
): void => {
  const { first, count } = axis;
  const { support: radius, weightAt } = filters[interpolation];
  const step = inputSize / outputSize;
  const scale = Math.max(step, 1);
  const support = radius * scale;
  const taps = axis.taps = Math.ceil(support) * 2 + 1;
  if (axis.weights.length < first.length * taps) {
    axis.weights = new Float64Array(first.length * taps);
  }
  const weights = axis.weights;
  for (let i = 0; i < first.length; i++) {
    const centre = (kept + i + 0.5) * step;
    const from = Math.max(0, Math.trunc(centre - support + 0.5));
    const to = Math.min(inputSize, Math.trunc(centre + support + 0.5));
    let total = 0;
    for (let j = from; j < to; j++) {
      const weight = weightAt((j + 0.5 - centre) / scale);
      weights[i * taps + j - from] = weight;
      total += weight;
    }
    for (let j = 0; j < to - from; j++) weights[i * taps + j]! /= total;
    first[i] = from;
    count[i] = to - from;
  }
};

/**
 * Returns one past the last input pixel that an axis reads.
 *
 * @param axis Its weights.
 * @returns An index of the input.
 */
export const endOf = (
  { first, count }: Pick<AxisWeights, "first" | "count">,
): number => first[first.length - 1]! + count[count.length - 1]!;

const sinc = (x: number): number =>
  x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);

const filters = {
  box: {
    support: 0.5,
    weightAt: (x: number) => x > -0.5 && x <= 0.5 ? 1 : 0,
  },
  bilinear: {
    support: 1,
    weightAt: (x: number) => Math.abs(x) < 1 ? 1 - Math.abs(x) : 0,
  },
  hamming: {
    support: 1,
    weightAt: (x: number) =>
      Math.abs(x) < 1 ? sinc(x) * (0.54 + 0.46 * Math.cos(x * Math.PI)) : 0,
  },
  bicubic: {
    support: 2,
    weightAt: (signed: number) => {
      const [x, a] = [Math.abs(signed), -0.5];
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    },
  },
  lanczos: {
    support: 3,
    weightAt: (x: number) => Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0,
  },
};

/** All that are known. */
export const interpolations = Object.keys(filters) as readonly Interpolation[];
