/**
 * Prints why ONNX Runtime cannot compute on WebGPU here, for a test that runs
 * it in another environment.
 *
 * @module
 */
import { Effect, Layer } from "effect";
import { layerOnnx } from "../executor.ts";

const opened = Layer.build(layerOnnx({ provider: "webgpu", threads: 1 }));
const { message } = await Effect.runPromise(Effect.flip(Effect.scoped(opened)));
console.log(message);
