/**
 * A small compiler: networks, losses and optimisers as one graph of operators
 * with shapes, differentiated in reverse mode, and an interpreter that says
 * what such a graph means.
 *
 * Operators are plain functions of values, and `buildGraph` is the door: there
 * a broken shape becomes a typed `ShapeError` that names operator and operands.
 *
 * To add an operator, in this order:
 *
 * 1. `value.ts`: its name, settings and inputs, in the union `Operator`;
 * 2. the file of its family, such as `elementwise.ts`: a function that checks
 *    shapes and calls `apply`; export it here;
 * 3. `reference/`: its kernel, what it means in plain loops;
 * 4. `gradients/`: its derivative in terms of operators, or `noDerivative`;
 * 5. `gpu-backend/onnx/`: its lowering, in the file of the same family.
 *
 * The compiler names the tables of steps 3 to 5 that lack it. Beside each file
 * stand its tests: a case worked by hand, central differences
 * (`gradients/differences_test.ts`), equality with the reference.
 *
 * @module
 */
export { refuse } from "./apply.ts";
export type { BuildError } from "./build_error.ts";
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
  GradientError,
  GraphError,
  LabelError,
  ShapeError,
  showType,
} from "./errors.ts";
export { gradients } from "./gradients.ts";
export {
  buildGraph,
  type GraphDefinition,
  topologicalOrder,
  validate,
} from "./graph.ts";
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
export { sgd, type SgdOptions, type SgdStep } from "./sgd.ts";
export {
  addBias,
  broadcast,
  flatten,
  reshape,
  transpose,
} from "./shape_operators.ts";
export {
  momentumName,
  type ParameterGroup,
  trainingStep,
  type TrainingStepOptions,
} from "./training_step.ts";
export type {
  Convolution,
  Graph,
  OperatorOf,
  OperatorType,
  Pooling,
  State,
  Value,
} from "./value.ts";
