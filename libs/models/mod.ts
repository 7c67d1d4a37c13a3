/**
 * Networks as plain data — AlexNet and VGG-16 of the paper, a small one of
 * ours —, their parameters, their first weights, and their graphs of features
 * and of training.
 *
 * @module
 */
// Networks
export { alexnet } from "./alexnet.ts";
export { vgg16 } from "./vgg16.ts";
export { small, type SmallOptions } from "./small.ts";
export {
  type Architecture,
  architectureNames,
  architectures,
} from "./architectures.ts";
export {
  featureLayer,
  type Layer,
  layersOf,
  type Network,
  type NetworkOptions,
  outputShapes,
  outputSide,
} from "./network.ts";
export { bothNames, layerNames, layerPath } from "./layer_names.ts";

// Encoders of others
export {
  type EncoderOutput,
  type ImageEncoder,
  type Pooling,
  type Preprocessing,
} from "./image_encoder.ts";

// Parameters
export {
  head,
  type ParameterShape,
  parameterShapes,
  type Role,
} from "./parameters.ts";
export { initialise, initialiseHead, sobelFilters } from "./initialise.ts";

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

// Errors
export {
  ImageTooSmallError,
  type NetworkError,
  NetworkOptionError,
  UnknownLayerError,
} from "./errors.ts";
