/**
 * The ONNX file format, without an engine: models written node by node and
 * encoded, and what a file says of itself.
 *
 * @module
 */
export {
  type Attribute,
  type Attributes,
  type ByteType,
  type Constant,
  innerNodes,
  type Model,
  type ModelWriter,
  modelWriter,
  type Node,
  type Port,
} from "./model.ts";
export {
  encode,
  type EncodedModel,
  type EncodeOptions,
  type ExternalData,
} from "./encode.ts";
export { decode } from "./decode.ts";
export {
  type ComputedTensor,
  type OnnxFileFacts,
  onnxFileFacts,
} from "./file_facts.ts";
export { isOnnxStart } from "./file_start.ts";
export { decodeElements, dtypeOf, encodeElements } from "./element_types.ts";
export { withMetadata, withOutput } from "./merge.ts";
export { ModelTooLargeError } from "./errors.ts";
