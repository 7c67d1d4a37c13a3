/**
 * Networks as plain data — AlexNet and VGG-16 of the paper, a small one of
 * ours —, their parameters, their first weights, and their graphs of features
 * and of training.
 *
 * @module
 */
export * from "./alexnet.ts";
export * from "./architectures.ts";
export * from "./dropout.ts";
export * from "./errors.ts";
export * from "./features_graph.ts";
export * from "./forward.ts";
export * from "./initialise.ts";
export * from "./layer_names.ts";
export * from "./network.ts";
export * from "./onnx_features.ts";
export * from "./parameters.ts";
export * from "./recognise.ts";
export * from "./small.ts";
export * from "./state_names.ts";
export * from "./training_graph.ts";
export * from "./vgg16.ts";
