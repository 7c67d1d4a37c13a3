/**
 * Networks as plain data — AlexNet and VGG-16 of the paper, a small one of
 * ours —, their parameters, their first weights, and their graphs of features
 * and of training.
 *
 * @module
 */
export { alexnet } from "./alexnet.ts";
export {
  type Architecture,
  architectureNames,
  architectures,
} from "./architectures.ts";
export type { NetworkError } from "./errors.ts";
export { dropoutMasks, maskShapes } from "./dropout.ts";
export { featuresGraph, parameterInputs } from "./features_graph.ts";
export { forward, type Mode } from "./forward.ts";
export { initialise, initialiseHead, sobelFilters } from "./initialise.ts";
export { bothNames, layerNames, layerPath } from "./layer_names.ts";
export {
  featureLayer,
  type Layer,
  layersOf,
  type Network,
  outputShapes,
  outputSide,
} from "./network.ts";
export { onnxFeatures } from "./onnx_features.ts";
export {
  head,
  type ParameterShape,
  parameterShapes,
  type Role,
} from "./parameters.ts";
export { small } from "./small.ts";
export { trainingGraph, zeroMomenta } from "./training_graph.ts";
export { vgg16 } from "./vgg16.ts";
