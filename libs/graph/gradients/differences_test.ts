import { convolution } from "../convolution.ts";
import {
  add,
  divide,
  dropout,
  exp,
  log,
  multiply,
  negate,
  relu,
  reluGradient,
  sigmoid,
  sqrt,
  subtract,
} from "../elementwise.ts";
import { linear, matmul } from "../linear_algebra.ts";
import {
  sigmoidCrossEntropy,
  softmax,
  softmaxCrossEntropy,
} from "../losses.ts";
import {
  batchMean,
  batchNormalization,
  batchNormTraining,
  batchVariance,
} from "../normalization.ts";
import { averagePool, maxPool } from "../pooling.ts";
import { reduceMax, reduceMean, reduceSum } from "../reduction.ts";
import { addBias, broadcast, reshape, transpose } from "../shape_operators.ts";
import type { Value } from "../value.ts";
import { gradientTest, type Shapes } from "./differences_testing.ts";

const matrix: Shapes = (a, b) => [[a, b]];
const images = (a: number, b: number): ReturnType<Shapes> => [
  [2, a, b + 3, 7],
];
const positive = (x: Value) => add(exp(x), 0.1);

gradientTest(
  "add, broadcast both ways",
  (a, b) => [[a, 1], [1, b]],
  (x, y) => add(x!, y!),
);
gradientTest(
  "subtract, a scalar",
  (a, b) => [[a, b], []],
  (x, y) => subtract(x!, y!),
);
gradientTest(
  "multiply, a row",
  (a, b) => [[a, b], [b]],
  (x, y) => multiply(x!, y!),
);
gradientTest("multiply, by itself", matrix, (x) => multiply(x!, x!));
gradientTest(
  "divide, a column",
  (a, b) => [[a, b], [a, 1]],
  (x, y) => divide(x!, positive(y!)),
);
gradientTest("negate", matrix, (x) => negate(x!));
gradientTest("exp", matrix, (x) => exp(x!));
gradientTest("log", matrix, (x) => log(positive(x!)));
gradientTest("sqrt", matrix, (x) => sqrt(positive(x!)));
gradientTest("relu", matrix, (x) => relu(x!));
gradientTest(
  "reluGradient",
  (a, b) => [[a, b], [a, b]],
  (x, dy) => reluGradient(x!, dy!),
);
gradientTest("sigmoid", matrix, (x) => sigmoid(x!));
gradientTest(
  "dropout",
  (a, b) => [[a, b], [a, b]],
  (x, mask) => dropout(x!, mask!),
);
gradientTest("matmul", (a, b, c) => [[a, b], [b, c]], (x, y) => matmul(x!, y!));
gradientTest(
  "matmul, first factor transposed",
  (a, b, c) => [[b, a], [b, c]],
  (x, y) => matmul(x!, y!, { transposeA: true }),
);
gradientTest(
  "matmul, both factors transposed",
  (a, b, c) => [[b, a], [c, b]],
  (x, y) => matmul(x!, y!, { transposeA: true, transposeB: true }),
);
gradientTest(
  "linear",
  (a, b, c) => [[a, b], [c, b], [c]],
  (x, weight, bias) => linear(x!, weight!, bias!),
);
gradientTest(
  "convolution, plain",
  (a, b, c) => [[2, a, 5, b + 3], [c, a, 3, 2]],
  (x, filter) => convolution(x!, filter!),
);
gradientTest(
  "convolution, strided, padded and dilated",
  (a, b, c) => [[2, a, 6, b + 5], [c, a, 3, 2]],
  (x, filter) =>
    convolution(x!, filter!, {
      stride: [2, 3],
      padding: [1, 2],
      dilation: [2, 1],
    }),
);
gradientTest(
  "convolution, grouped",
  (a, b, c) => [[2, 2 * a, 4, b + 2], [2 * c, a, 3, 3]],
  (x, filter) => convolution(x!, filter!, { groups: 2, padding: 1 }),
);
gradientTest(
  "maxPool, overlapping",
  images,
  (x) => maxPool(x!, { kernel: [3, 2], stride: 2, padding: [1, 0] }),
);
gradientTest(
  "averagePool, overlapping",
  images,
  (x) => averagePool(x!, { kernel: 3, stride: [1, 2], padding: 1 }),
);
gradientTest("batchMean", images, (x) => batchMean(x!));
gradientTest("batchVariance", images, (x) => batchVariance(x!));
gradientTest(
  "batchNormalization by the batch's own statistics",
  (a, b) => [...images(a, b), [a], [a]],
  (x, scale, bias) => batchNormTraining(x!, scale!, bias!).output,
);
gradientTest(
  "batchNormalization by own statistics that the loss uses once more",
  (a, b) => [[a + 1, b], [b], [b]],
  (x, scale, bias) => {
    const { output, batch } = batchNormTraining(x!, scale!, bias!);
    const sum = multiply(batch.mean, batch.variance);
    return add(output, sum);
  },
);
gradientTest(
  "batchNormalization by fixed statistics",
  (a, b) => [...images(a, b), [a], [a], [a], [a]],
  (x, mean, variance, scale, bias) =>
    batchNormalization(
      x!,
      { mean: mean!, variance: positive(variance!) },
      scale!,
      bias!,
    ),
);
gradientTest(
  "batchNormalization by another batch's statistics",
  (a, b) => [[a, b], [a + 2, b], [b], [b]],
  (x, other, scale, bias) => {
    const mean = batchMean(other!);
    const variance = batchVariance(other!);
    return batchNormalization(
      x!,
      { mean, variance },
      scale!,
      bias!,
    );
  },
);
gradientTest(
  "batchNormalization by its own mean and another variance",
  (a, b) => [[a, b], [a + 2, b], [b]],
  (x, other, scale) => {
    const mean = batchMean(x!);
    const variance = batchVariance(other!);
    return batchNormalization(x!, { mean, variance }, scale!, scale!);
  },
);
gradientTest(
  "batchNormalization by another mean and its own variance",
  (a, b) => [[a, b], [a + 2, b], [b]],
  (x, other, scale) => {
    const mean = batchMean(other!);
    const variance = batchVariance(x!);
    return batchNormalization(x!, { mean, variance }, scale!, scale!);
  },
);
gradientTest(
  "reduceSum over the first axis",
  matrix,
  (x) => reduceSum(x!, { axes: [0] }),
);
gradientTest(
  "reduceMean over outer axes, which remain",
  (a, b, c) => [[a, b, c]],
  (x) => reduceMean(x!, { axes: [0, 2], keepDimensions: true }),
);
gradientTest(
  "reduceMax over the middle axis",
  (a, b, c) => [[a, b, c]],
  (x) => reduceMax(x!, { axes: [1] }),
);
gradientTest("reshape", matrix, (x) => reshape(x!, [-1]));
gradientTest(
  "broadcast to new and repeated axes",
  (a, b) => [[a, 1, b]],
  (x) => broadcast(x!, [2, x!.shape[0]!, 3, x!.shape[2]!]),
);
gradientTest(
  "transpose",
  (a, b, c) => [[a, b, c]],
  (x) => transpose(x!, [2, 0, 1]),
);
gradientTest(
  "addBias",
  (a, b, c) => [[a, b, c, 2], [b]],
  (x, bias) => addBias(x!, bias!),
);
gradientTest("softmax", matrix, (x) => softmax(x!));
gradientTest(
  "softmaxCrossEntropy with ignored labels",
  matrix,
  (x, labels) => softmaxCrossEntropy(x!, labels!),
  "integers",
);
gradientTest(
  "sigmoidCrossEntropy with ignored labels",
  matrix,
  (x, labels) => sigmoidCrossEntropy(x!, labels!),
  "floats",
);
