/**
 * The engine: graphs in, programs out. A service with three executors, ONNX
 * Runtime, TensorFlow.js and the interpreter of `@deepcluster/graph`, and the
 * choice between them. It also runs ONNX models of others. `engines.ts` says how
 * to add an engine.
 *
 * @module
 */
export type { ByteProducts } from "@deepcluster/onnx-lowering";
export {
  Backend,
  type Capabilities,
  type EngineIdentity,
  type PickedInput,
  type Program,
} from "./backend.ts";
export type { Engine, EngineSettings, Provider } from "./engine.ts";
export {
  autoProvider,
  type EngineName,
  engineNames,
  engines,
  type ProviderName,
  providerNames,
  providersOf,
} from "./engines.ts";
export {
  type BackendError,
  CompilationError,
  EngineOptionError,
  EngineUnavailableError,
  ExecutionError,
  NoProviderError,
  OnnxModelError,
  OutOfMemoryError,
  ProbeError,
  ProviderMissingError,
  type SelectionError,
} from "./errors.ts";
export { providerLibraries, runtimeFolder } from "./onnx/cuda/survey.ts";
export { cudaAdvice } from "./onnx/cuda/why_no_cuda.ts";
export { dotProductError, measureFactorRounding } from "./factor_rounding.ts";
export { type ImageModel, imageModelOf } from "./image_model.ts";
export { enginesFolder, pathOfInstalled } from "./installed.ts";
export { type OnnxModel, showSpec, type TensorSpec } from "./onnx_model.ts";
export { layerOnnx } from "./onnx/executor.ts";
export { type GpuPlacement, gpuPlacement } from "./onnx/gpu/placement.ts";
export { onnxModelOf } from "./onnx/export.ts";
export { layerReference } from "./reference.ts";
export { layerBackend } from "./layer_backend.ts";
export { resolveBackend } from "./probe/choose_provider.ts";
export {
  answerOf,
  type EndedChild,
  lastWords,
  runChild,
} from "./probe/child_process.ts";
export { flopsText } from "./probe/measure.ts";
export {
  type EngineProbe,
  type ProbeEngine,
  probeEngine,
  type ProbeOptions,
  type TriedProvider,
  tryProviders,
} from "./probe/probe_engine.ts";
export { giveWay } from "./program.ts";
export {
  type BackendOptions,
  selectBackend,
  type SelectedBackend,
} from "./selection.ts";
export { stepOf } from "./steps.ts";
export { layerTfjs } from "./tfjs/executor.ts";
