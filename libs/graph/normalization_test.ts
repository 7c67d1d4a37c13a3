import {
  batchMean,
  batchNormalization,
  batchNormalizationInputGradient,
  batchNormalizationScaleGradient,
  batchNormTraining,
  batchVariance,
  runningStatistics,
} from "./normalization.ts";
import { operatorTest, refusalTest } from "./operator_testing.ts";

// Two images of two channels: 0 0 2 2 in the first, 1 3 5 7 in the second.
const batch = [[2, 2, 2], [0, 0, 1, 3, 2, 2, 5, 7]] as const;
const one = { mean: [[1], [1]], variance: [[1], [1]] } as const;
const points = [[4, 1], [0, 0, 2, 2]] as const;

operatorTest(
  "batchMean() averages every channel over images and positions",
  { x: batch },
  ({ x }) => batchMean(x),
  [[2], [1, 4]],
);
operatorTest(
  "batchVariance() divides by the number of elements",
  { x: batch },
  ({ x }) => batchVariance(x),
  [[2], [1, 5]],
);
operatorTest(
  "batchNormalization() uses the statistics that it is given",
  {
    x: batch,
    mean: [[2], [1, 3]],
    variance: [[2], [3, 0]],
    scale: [[2], [2, 1]],
    bias: [[2], [10, 20]],
  },
  ({ x, mean, variance, scale, bias }) =>
    batchNormalization(x, { mean, variance }, scale, bias, 1),
  [[2, 2, 2], [9, 9, 18, 20, 11, 11, 22, 24]],
);
operatorTest(
  "batchNormTraining() normalises by the batch's own statistics",
  { x: points, scale: [[1], [3]], bias: [[1], [7]] },
  ({ x, scale, bias }) => batchNormTraining(x, scale, bias, 0).output,
  [[4, 1], [4, 4, 10, 10]],
);
operatorTest(
  "batchNormalizationScaleGradient() sums dy times the normalised x",
  { x: points, dy: [[4, 1], [1, 10, 100, 1000]], ...one },
  ({ x, dy, mean, variance }) =>
    batchNormalizationScaleGradient(x, dy, { mean, variance }, 3),
  [[1], [(1100 - 11) / 2]],
);
operatorTest(
  "batchNormalizationInputGradient() goes through mean and variance",
  {
    x: points,
    dy: [[4, 1], [1, 0, 0, 0]],
    ...one,
    scale: [[1], [6]],
    scaleGradient: [[1], [-1]],
    biasGradient: [[1], [1]],
  },
  ({ x, dy, mean, variance, scale, scaleGradient, biasGradient }) =>
    batchNormalizationInputGradient(
      x,
      dy,
      { mean, variance },
      scale,
      { scaleGradient, biasGradient },
      0,
    ),
  [[4, 1], [3, -3, 0, 0]],
);

const running = {
  mean: [[1], [1]],
  variance: [[1], [2]],
  batchMean: [[1], [3]],
  batchVariance: [[1], [1]],
} as const;
operatorTest(
  "runningStatistics() moves the mean by the momentum",
  running,
  ({ mean, variance, batchMean, batchVariance }) =>
    runningStatistics(
      { mean, variance },
      { mean: batchMean, variance: batchVariance },
      2,
    ).mean,
  [[1], [0.9 * 1 + 0.1 * 3]],
);
operatorTest(
  "runningStatistics() makes the batch's variance unbiased",
  running,
  ({ mean, variance, batchMean, batchVariance }) =>
    runningStatistics(
      { mean, variance },
      { mean: batchMean, variance: batchVariance },
      4,
      0.3,
    ).variance,
  [[1], [0.7 * 2 + 0.3 * 4 / 3]],
);

refusalTest(
  "batchNormalization() names statistics of other channels",
  { x: [8, 3, 4, 4], mean: [3], variance: [1, 3], scale: [3], bias: [3] },
  ({ x, mean, variance, scale, bias }) =>
    batchNormalization(x, { mean, variance }, scale, bias),
  "Cannot apply batchNormalization as all operands but images must be " +
    "[channels of x]: current values are x=[8, 3, 4, 4], mean=[3], " +
    "variance=[1, 3], scale=[3], bias=[3], epsilon=0.00001",
);
refusalTest(
  "batchMean() refuses a vector",
  { x: [8] },
  ({ x }) => batchMean(x),
  "Cannot apply batchMean as x must be [n, channels, …]: " +
    "current values are x=[8]",
);
refusalTest(
  "batchNormTraining() refuses one element a channel, as PyTorch does",
  { x: [1, 3], scale: [3], bias: [3] },
  ({ x, scale, bias }) => batchNormTraining(x, scale, bias),
  "Cannot apply batchNormTraining as a channel must hold more than one " +
    "element: current values are x=[1, 3], scale=[3], bias=[3]",
);
refusalTest(
  "runningStatistics() refuses a count of 1",
  { mean: [3], variance: [3] },
  (statistics) => runningStatistics(statistics, statistics, 1),
  "Cannot apply runningStatistics as count must be >= 2: " +
    "current values are mean=[3], variance=[3], count=1",
);
