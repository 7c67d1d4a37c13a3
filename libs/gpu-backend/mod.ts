/**
 * The engine: graphs in, programs out. A service with two executors, the
 * interpreter of `@deepcluster/graph` and ONNX Runtime, and the choice between
 * them.
 *
 * @module
 */
export * from "./backend.ts";
export * from "./errors.ts";
export * from "./reference.ts";
export * from "./selection.ts";
export * from "./engine.ts";
export * from "./engines.ts";
export { layerOnnx } from "./onnx/executor.ts";
export { onnxModelOf } from "./onnx/export.ts";
export { runOnnxModel } from "./onnx/run_model.ts";
export type { OnnxProvider } from "./onnx/providers.ts";
export type { SessionSettings } from "./onnx/runtime.ts";
