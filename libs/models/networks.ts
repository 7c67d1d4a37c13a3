/**
 * Networks as plain data and their parameters, without graphs: an entry of its
 * own (`@deepcluster/models/networks`), for programs that compute nothing.
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

// Parameters
export {
  head,
  type ParameterShape,
  parameterShapes,
  type Role,
} from "./parameters.ts";
export { initialise, initialiseHead, sobelFilters } from "./initialise.ts";

// Errors
export {
  ImageTooSmallError,
  type NetworkError,
  NetworkOptionError,
  UnknownLayerError,
} from "./errors.ts";
