/**
 * Engines that ask for several steps at once, as ONNX Runtime on CUDA does.
 *
 * @module
 */
import { Backend } from "@deepcluster/gpu-backend";
import { Effect, Layer } from "effect";

/**
 * Changes how many steps an engine asks for.
 *
 * @param stepsPerScan The number.
 * @param engine The engine.
 * @returns The same otherwise.
 */
export const inScansOf = <E>(
  stepsPerScan: number,
  engine: Layer.Layer<Backend, E>,
): Layer.Layer<Backend, E> =>
  Layer.effect(
    Backend,
    Effect.map(Backend, (backend) => ({
      ...backend,
      info: {
        ...backend.info,
        capabilities: { ...backend.info.capabilities, stepsPerScan },
      },
    })),
  ).pipe(Layer.provide(engine));
