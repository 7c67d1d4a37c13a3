/**
 * ONNX Runtime as it is used on CUDA, but on the processor: graphs lowered for
 * a GPU, several steps a run.
 *
 * @module
 */
import { Effect, Layer } from "effect";
import { Backend } from "../../backend.ts";
import { compileWith, layerOnnx } from "../executor.ts";
import { loadRuntime } from "../runtime.ts";
import { scanExecution } from "./scan_execution.ts";

const settings = { provider: "cpu", threads: 2 } as const;

/** Everything of `--provider cuda` that needs no GPU. */
export const layerScanning = Layer.effect(
  Backend,
  Effect.gen(function* () {
    const runtime = yield* loadRuntime;
    const lowering = { onGpu: true };
    const engine = { runtime, settings, lowering };
    return {
      ...yield* Backend,
      compile: compileWith(engine, scanExecution),
    };
  }),
).pipe(Layer.provide(layerOnnx(settings)));
