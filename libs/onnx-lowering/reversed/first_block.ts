/**
 * The first block of a network, a convolution of images with few channels which
 * is normalised and pooled, from what the filter's taps see.
 *
 * The convolved maps have a mean and a variance that follow from the means and
 * covariances of the taps, 18 by 18 for two channels and 3 x 3 taps. So the
 * normalisation is known before the convolution and multiplies its filter, the
 * four places of the pooling's windows are four products, and the gradients of
 * filter, scale and bias come of one small matrix. Nothing is done to the maps
 * themselves, the largest of the network, but comparing them.
 *
 * Images are centred channel by channel, which a normalised convolution does not
 * see, so that no precision is lost where their mean is far from 0. Precision is
 * lost where a filter is nearly blind to what varies: relative to the largest
 * eigenvalue of `C`, a variance is known to about 1e-7. The worst filters for
 * emoji and CIFAR-10 after Sobel have deviations off by 1e-5 to 2e-5; for colours
 * of smooth pictures by up to 1e-2, of variances below the epsilon that is added.
 *
 * With `p` what the taps see at a place, `C` its covariance, `w` a filter and `G`
 * the sum of all `p` at which a maximum stands, times its gradient:
 * `mean = w · E[p]`, `variance = w · C w`, and the gradient of the filter is
 * `scale / deviation · (G - ofBias E[p] - ofScale / deviation C w)`.
 *
 * @module
 */
import { floatTensor, sizeOf } from "@deepcluster/core";
import type { NormalizedBlock } from "@deepcluster/graph/rewrites";
import type { Lowering } from "../lowering.ts";
import { deviation } from "../normalization.ts";
import { halves } from "../pooling.ts";
import { product } from "../winograd_transforms.ts";
import { tilesOf } from "./convolution.ts";
import { reshape } from "../shape_operators.ts";
import { line, overChannels } from "./normalization.ts";
import { split } from "./pooling.ts";
import {
  momentsOf,
  positionsOfTaps,
  seenByWindows,
  sizesKey,
  sizesOf,
  sumOfWindows,
} from "./seen_by_windows.ts";

/**
 * Tells whether a block is one whose normalisation is known from few taps.
 *
 * @param block Of reversed maps.
 * @returns True when the functions of this file compute it.
 */
export const isFirst = (
  { convolved, pooled, ofImages }: NormalizedBlock,
): boolean =>
  ofImages === undefined && tilesOf(convolved) === undefined &&
  halves(pooled.operator.geometry, convolved) &&
  sizeOf(convolved.inputs[1]!.shape.slice(1)) <= mostTaps;

/** More make the products of all pairs of taps the larger work. */
const mostTaps = 64;

/** Lowerings of what a block gives, by its part of the block. */
export const firstBlock: {
  readonly [Part in keyof NormalizedBlock]?: (
    block: NormalizedBlock,
    to: Lowering,
  ) => string;
} = {
  mean: (block, to) => {
    const { means, ofChannels } = momentsOf(block, to);
    const { channels } = sizesOf(block);
    const ofTaps = to.node("Add", [
      reshape(means, [channels, -1], to),
      ofChannels,
    ]);
    return ofFilters(block, ofTaps, to);
  },
  variance: (block, to) => {
    const products = to.node("Mul", [weights(block, to), spread(block, to)]);
    const sums = to.node("ReduceSum", [products, to.integers([1])]);
    const { filters } = sizesOf(block);
    // Rounding may take the variance of a constant below 0.
    return reshape(to.node("Max", [sums, to.scalar(0)]), [filters], to);
  },
  pooled: (block, to) => {
    const { upper, lower } = maximaOfRows(block, to);
    const [, , , , bias] = block.normalized.inputs;
    const shift = to.node("Mul", [slope(block, to), centredMean(block, to)]);
    return line(
      to.node("Max", [upper, lower]),
      { shift: to.node("Sub", [to.tensor(bias!), shift]) },
      bias!.shape,
      to,
    );
  },
  ofBias: (block, to) => {
    const gradients = to.reversed(block.gradient.inputs[1]!);
    const sums = overChannels("ReduceSum", gradients, to);
    return reshape(sums, block.ofBias.shape, to);
  },
  ofScale: (block, to) => {
    const { filters } = sizesOf(block);
    const products = to.node("Mul", [weights(block, to), atMaxima(block, to)]);
    const sums = to.node("ReduceSum", [products, to.integers([1])]);
    const ofMean = to.node("Mul", [
      centredMean(block, to),
      biasGradient(block, to),
    ]);
    return to.node("Div", [
      to.node("Sub", [reshape(sums, [filters], to), ofMean]),
      deviationOf(block, to),
    ]);
  },
  ofFilter: (block, to) => {
    const throughMean = to.node("Mul", [
      perFilter(biasGradient(block, to), to),
      reshape(momentsOf(block, to).means, [1, -1], to),
    ]);
    const perDeviation = to.node("Div", [
      to.tensor(block.ofScale),
      deviationOf(block, to),
    ]);
    const throughVariance = to.node("Mul", [
      perFilter(perDeviation, to),
      spread(block, to),
    ]);
    const direct = to.node("Sub", [atMaxima(block, to), throughMean]);
    const gradient = to.node("Mul", [
      perFilter(slope(block, to), to),
      to.node("Sub", [direct, throughVariance]),
    ]);
    return reshape(gradient, block.ofFilter.shape, to);
  },
};

/** The filter, `[f, taps]`. */
const weights = ({ convolved }: NormalizedBlock, to: Lowering): string => {
  const [filters] = convolved.inputs[1]!.shape;
  return reshape(to.tensor(convolved.inputs[1]!), [filters!, -1], to);
};

const deviationOf = ({ variance, normalized }: NormalizedBlock, to: Lowering) =>
  deviation(variance, normalized.operator, to);

/** What the normalisation multiplies by, `[f]`. */
const slope = (block: NormalizedBlock, to: Lowering): string =>
  to.once(block.normalized, "slope", () =>
    to.node("Div", [
      to.tensor(block.normalized.inputs[3]!),
      deviationOf(block, to),
    ]));

const biasGradient = ({ ofBias }: NormalizedBlock, to: Lowering): string =>
  reshape(to.tensor(ofBias), [-1], to);

/** Numbers of the filters as a column, `[f, 1]`. */
const perFilter = (vector: string, to: Lowering): string =>
  reshape(vector, [-1, 1], to);

/** One number a tap as one a filter, `[f]`. */
const ofFilters = (block: NormalizedBlock, taps: string, to: Lowering) => {
  const { filters } = sizesOf(block);
  const sums = to.node("MatMul", [
    weights(block, to),
    reshape(taps, [-1, 1], to),
  ]);
  return reshape(sums, [filters], to);
};

/** Mean of what the filter makes of centred images, `[f]`. */
const centredMean = (block: NormalizedBlock, to: Lowering): string =>
  to.once(
    block.normalized,
    "centred mean",
    () => ofFilters(block, momentsOf(block, to).means, to),
  );

/** The filter times the covariances of its taps, `[f, taps]`. */
const spread = (block: NormalizedBlock, to: Lowering): string =>
  to.once(block.normalized, "spread", () =>
    to.node("MatMul", [
      weights(block, to),
      momentsOf(block, to).covariances,
    ]));

/** The normalised maps without their shift at each place of the windows. */
const placesOf = (block: NormalizedBlock, to: Lowering) =>
  to.once(block.normalized, "places", () => {
    const { taps, positions } = sizesOf(block);
    const { seen } = seenByWindows(block, to);
    const scaled = to.node("Mul", [
      weights(block, to),
      perFilter(slope(block, to), to),
    ]);
    const place = (name: string, at: readonly number[]) => {
      const filter = to.node("MatMul", [
        scaled,
        to.constant(`${name} of ${sizesKey(block)}`, () => {
          const chosen = floatTensor([taps, positions]);
          at.forEach((position, tap) => {
            chosen.data[tap * positions + position] = 1;
          });
          return chosen;
        }),
      ]);
      return to.node("MatMul", [filter, seen]);
    };
    const [upperLeft, upperRight, lowerLeft, lowerRight] = positionsOfTaps(
      block,
    );
    return {
      upperLeft: place("upper left", upperLeft!),
      upperRight: place("upper right", upperRight!),
      lowerLeft: place("lower left", lowerLeft!),
      lowerRight: place("lower right", lowerRight!),
    };
  });

const maximaOfRows = (block: NormalizedBlock, to: Lowering) =>
  to.once(block.normalized, "maxima of rows", () => {
    const { upperLeft, upperRight, lowerLeft, lowerRight } = placesOf(
      block,
      to,
    );
    return {
      upper: to.node("Max", [upperLeft, upperRight]),
      lower: to.node("Max", [lowerLeft, lowerRight]),
    };
  });

/** The sum of what the taps see where maxima stand, times their gradients. */
const atMaxima = (block: NormalizedBlock, to: Lowering): string =>
  to.once(block.normalized, "at maxima", () => {
    const { filters, taps, positions } = sizesOf(block);
    const { seen } = seenByWindows(block, to);
    const { upper, lower } = maximaOfRows(block, to);
    const places = placesOf(block, to);
    const all = to.reversed(block.gradient.inputs[1]!);
    const rows = split(all, lower, upper, to);
    const above = split(rows.rest, places.upperRight, places.upperLeft, to);
    const below = split(rows.larger, places.lowerRight, places.lowerLeft, to);
    const sums = [all, above.larger, rows.larger, below.larger].map((part) => {
      const products = to.node(product, [part, seen], { transB: { i: 1 } });
      return reshape(
        sumOfWindows(products, block, to),
        [filters, positions],
        to,
      );
    });
    return to.node("MatMul", [
      to.node("Concat", sums, { axis: { i: 1 } }),
      to.constant(`maxima of ${sizesKey(block)}`, () => {
        const chosen = floatTensor([4 * positions, taps]);
        const at = positionsOfTaps(block);
        const choose = (part: number, place: number, sign: number) =>
          at[place]!.forEach((position, tap) => {
            chosen.data[(part * positions + position) * taps + tap] = sign;
          });
        // What lies elsewhere is taken from where it was counted.
        choose(0, 0, 1);
        choose(1, 0, -1);
        choose(1, 1, 1);
        choose(2, 0, -1);
        choose(2, 2, 1);
        choose(3, 2, -1);
        choose(3, 3, 1);
        return chosen;
      }),
    ]);
  });
