/**
 * Models in and out: PyTorch's formats, safetensors and ONNX, and which network
 * named tensors belong to.
 *
 * @module
 */
// Reading
export {
  type ModelFile,
  openModelFile,
  type OpenModelFileError,
  type OpenModelOptions,
} from "./model_file.ts";
export { recognise } from "./recognise.ts";
export { statesOf } from "./state_names.ts";
export { readPickle, type ReadPickleError } from "./pytorch/plain_pickle.ts";

// Encoders of others
export { isOnnxFile } from "./encoder/onnx_file.ts";
export {
  describeOnnx,
  type EncoderFile,
  type EncoderOptions,
  type OnnxDescription,
  openEncoder,
  type OpenEncoderError,
} from "./encoder/open_encoder.ts";
export {
  encoderMetadata,
  networkPreprocessing,
} from "./encoder/encoder_metadata.ts";
export { preprocessingPresets } from "./encoder/preprocessing_facts.ts";

// Writing
export { onnxFeatures, type OnnxFeaturesOptions } from "./onnx_features.ts";
export {
  networkMetadata,
  writeModel,
  type WriteModelError,
} from "./model_export.ts";

// Errors
export { ModelFileError, PickleFileError } from "./errors.ts";
