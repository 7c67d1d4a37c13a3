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
 * 5. `onnx-lowering`: its lowering, in the file of the same family, and another
 *    in its `gpu/` where a GPU lacks what the first one needs; its case in
 *    `gpu-backend/conformance/`, which every engine runs. An operator computed
 *    element by element may join the set in `onnx-lowering/replaceable.ts`.
 *
 * The compiler names the tables of steps 3 to 5 that lack it. Beside each file
 * stand its tests: a case worked by hand, central differences
 * (`gradients/differences_test.ts`), equality with the reference.
 *
 * @module
 */
// Graphs
export {
  buildGraph,
  type GraphDefinition,
  topologicalOrder,
  validate,
} from "./graph.ts";
export { describe } from "./describe.ts";
export type {
  Convolution,
  Graph,
  Operator,
  OperatorOf,
  OperatorType,
  Pooling,
  State,
  Value,
} from "./value.ts";
export { constant, input } from "./leaves.ts";

// Operators
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
  type Term,
  toFloat,
} from "./elementwise.ts";
export {
  coarseMatmul,
  type CoarseMatmulOptions,
  linear,
  matmul,
  type MatmulOptions,
} from "./linear_algebra.ts";
export {
  convolution,
  convolutionFilterGradient,
  convolutionInputGradient,
  type ConvolutionOptions,
} from "./convolution.ts";
export {
  averagePool,
  averagePoolGradient,
  maxPool,
  maxPoolGradient,
  type PoolingOptions,
} from "./pooling.ts";
export {
  batchMean,
  batchNormalization,
  batchNormalizationInputGradient,
  batchNormalizationScaleGradient,
  batchNormTraining,
  batchVariance,
  type NormalizedBatch,
  runningStatistics,
  type Statistics,
} from "./normalization.ts";
export {
  argMax,
  reduceMax,
  reduceMean,
  reduceSum,
  type ReductionOptions,
} from "./reduction.ts";
export {
  addBias,
  broadcast,
  flatten,
  reshape,
  transpose,
} from "./shape_operators.ts";
export {
  sigmoidCrossEntropy,
  sigmoidCrossEntropyGradient,
  softmax,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
} from "./losses.ts";
export { type Operands, type Pair, refuse } from "./apply.ts";

// Training
export { gradients } from "./gradients.ts";
export { clipByNorm, type ClippedGradients } from "./clipping.ts";
export { momentumName } from "./momentum_name.ts";
export { sgd, type SgdOptions, type SgdStep } from "./sgd.ts";
export {
  type ParameterGroup,
  trainingStep,
  type TrainingStepOptions,
} from "./training_step.ts";

// The reference interpreter
export { evaluate, interpret, type Interpretation } from "./reference.ts";
export type { Numbers } from "./reference/kernel.ts";

// Errors
export type { BuildError } from "./build_error.ts";
export {
  FeedError,
  GradientError,
  GraphError,
  LabelError,
  ShapeError,
  showType,
} from "./errors.ts";
