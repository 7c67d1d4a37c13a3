/**
 * Networks as plain data — AlexNet and VGG-16 of the paper, a small one of
 * ours —, their parameters, their first weights, and their graphs of features
 * and of training.
 *
 * @module
 */
// Networks, their parameters and errors
export * from "./networks.ts";

// Encoders of others
export {
  type EncoderOutput,
  type ImageEncoder,
  type Pooling,
  type Preprocessing,
} from "./image_encoder.ts";

// Graphs
export { type Forward, forward, forwardThrough, type Mode } from "./forward.ts";
export { featuresGraph, parameterInputs } from "./features_graph.ts";
export { lastMapGraph, lastMapShape } from "./last_map_graph.ts";
export {
  trainingGraph,
  type TrainingGraphOptions,
  zeroMomenta,
} from "./training_graph.ts";
export { dropoutMasks, maskShapes } from "./dropout.ts";
