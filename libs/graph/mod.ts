/**
 * A small compiler: networks, losses and optimisers as one graph of operators
 * with shapes, differentiated in reverse mode, and an interpreter that says
 * what such a graph means.
 *
 * @module
 */
export { clipByNorm } from "./clipping.ts";
export {
  convolution,
  convolutionFilterGradient,
  convolutionInputGradient,
} from "./convolution.ts";
export { describe } from "./describe.ts";
export {
  add,
  broadcastShapes,
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
  toFloat,
} from "./elementwise.ts";
export {
  FeedError,
  GraphError,
  LabelError,
  ShapeError,
  showType,
} from "./errors.ts";
export { gradients } from "./gradients.ts";
export { graphOf, topologicalOrder, validate } from "./graph.ts";
export { constant, input } from "./leaves.ts";
export { coarseMatmul, linear, matmul } from "./linear_algebra.ts";
export {
  sigmoidCrossEntropy,
  sigmoidCrossEntropyGradient,
  softmax,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
} from "./losses.ts";
export {
  batchMean,
  batchNormalization,
  batchNormalizationInputGradient,
  batchNormalizationScaleGradient,
  batchNormTraining,
  batchVariance,
  runningStatistics,
} from "./normalization.ts";
export {
  averagePool,
  averagePoolGradient,
  maxPool,
  maxPoolGradient,
} from "./pooling.ts";
export { argMax, reduceMax, reduceMean, reduceSum } from "./reduction.ts";
export { evaluate, interpret } from "./reference.ts";
export {
  addBias,
  broadcast,
  flatten,
  reshape,
  transpose,
} from "./shape_operators.ts";
export { momentumName, trainingStep } from "./training_step.ts";
export type {
  Convolution,
  Graph,
  OperatorOf,
  OperatorType,
  Pooling,
  State,
  Value,
} from "./value.ts";
