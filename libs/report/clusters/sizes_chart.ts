/**
 * How the images of a run are spread over its clusters, as a chart.
 *
 * @module
 */
import type { Chart } from "@deepcluster/charts";

/** Bars, or points of the curve, at most. */
const points = 60;

/**
 * Sorts clusters by size: all of them as bars, or, of more than 60, those of
 * round ranks as a curve, with the largest and the smallest.
 *
 * @param sizes Of every cluster, `[k]`, `k >= 1`.
 * @returns The chart.
 */
export const sizesChart = (sizes: Int32Array): Chart => {
  const sorted = sizes.toSorted().reverse();
  const k = sorted.length;
  const step = roundStep(k / points);
  const ranks = new Set([1]);
  for (let rank = step; rank < k; rank += step) ranks.add(rank);
  const shown = [...ranks.add(k)];
  const images = sorted.reduce((sum, size) => sum + size, 0);
  return {
    title: "Sizes of the clusters",
    kind: k <= points ? "bars" : "lines",
    xName: "rank",
    x: shown.map(String),
    unit: "images",
    series: [{
      name: "cluster, the largest first",
      values: shown.map((rank) => sorted[rank - 1]!),
    }],
    reference: { name: "mean", value: images / k },
    range: { from: 0 },
  };
};

/** The lowest of 1, 2, 5, 10, 20 … that is not below a number. */
const roundStep = (least: number): number => {
  let power = 1;
  while (10 * power < least) power *= 10;
  return [1, 2, 5, 10].find((digit) => digit * power >= least)! * power;
};
