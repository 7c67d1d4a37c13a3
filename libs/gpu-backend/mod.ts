/**
 * The engine: graphs in, programs out. A service with two executors, the
 * interpreter of `@deepcluster/graph` and ONNX Runtime, and the choice between
 * them.
 *
 * @module
 */
export {
  Backend,
  type Capabilities,
  type EngineIdentity,
  type Program,
} from "./backend.ts";
export {
  engineNames,
  type ProviderName,
  providerNames,
  providersOf,
} from "./engines.ts";
export {
  type BackendError,
  CompilationError,
  ExecutionError,
  ModelTooLargeError,
  OutOfMemoryError,
} from "./errors.ts";
export { layerOnnx } from "./onnx/executor.ts";
export { onnxModelOf } from "./onnx/export.ts";
export { runOnnxModel } from "./onnx/run_model.ts";
export { layerReference } from "./reference.ts";
export {
  type BackendOptions,
  layerBackend,
  selectBackend,
} from "./selection.ts";
