/**
 * Models in and out: PyTorch's formats, safetensors and ONNX, and which network
 * named tensors belong to.
 *
 * @module
 */
export { ModelFileError } from "./errors.ts";
export {
  networkMetadata,
  writeModel,
  type WriteModelError,
} from "./model_export.ts";
export {
  type ModelFile,
  openModelFile,
  type OpenModelFileError,
  type OpenModelOptions,
} from "./model_file.ts";
export { recognise } from "./recognise.ts";
export { statesOf } from "./state_names.ts";
