/**
 * ONNX Runtime as it is used on a GPU, but on the processor: graphs lowered for
 * a GPU, and any of the ways to run them that needs none.
 *
 * @module
 */
import { Effect, Layer } from "effect";
import { Backend } from "../../backend.ts";
import type { MakeExecution } from "../execution.ts";
import { compileWith, layerOnnx } from "../executor.ts";
import { loadRuntime } from "../runtime.ts";

const settings = { provider: "cpu", threads: 2 } as const;

/**
 * Runs graphs as a GPU would be given them.
 *
 * @param execute How they are run.
 * @returns The layer.
 */
export const layerLoweredForGpu = (execute: MakeExecution) =>
  Layer.effect(
    Backend,
    Effect.gen(function* () {
      const runtime = yield* loadRuntime;
      const lowering = { onGpu: true };
      const engine = { runtime, settings, lowering };
      return { ...yield* Backend, compile: compileWith(engine, execute) };
    }),
  ).pipe(Layer.provide(layerOnnx(settings)));
