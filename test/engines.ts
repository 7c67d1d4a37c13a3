/**
 * Engines that differ from others in one thing, for tests of what must not
 * depend on it, or must.
 *
 * @module
 */
import { floatTensor, type Tensors } from "@deepcluster/core";
import { Backend, type Capabilities } from "@deepcluster/gpu-backend";
import { Effect, Layer } from "effect";

/**
 * Makes an engine state other capabilities.
 *
 * @param engine The engine, which computes as before.
 * @param changed The capabilities that are others.
 * @returns The engine that states them.
 */
export const withCapabilities = <E>(
  engine: Layer.Layer<Backend, E>,
  changed: Partial<Capabilities>,
): Layer.Layer<Backend, E> =>
  Layer.effect(
    Backend,
    Effect.map(Backend, (backend) => ({
      ...backend,
      info: {
        ...backend.info,
        capabilities: { ...backend.info.capabilities, ...changed },
      },
    })),
  ).pipe(Layer.provide(engine));

/**
 * Makes an engine coarse, as units for products of fewer bits do.
 *
 * @param engine The engine.
 * @param round Rounds each float of inputs and state.
 * @returns The engine that computes with these.
 */
export const roundingFloats = <E>(
  engine: Layer.Layer<Backend, E>,
  round: (x: number) => number,
): Layer.Layer<Backend, E> => {
  const rounded = (tensors: Tensors): Tensors =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, tensor]) => [
        name,
        tensor.dtype === "int32"
          ? tensor
          : floatTensor(tensor.shape, tensor.data.map(round)),
      ]),
    );
  return Layer.effect(
    Backend,
    Effect.map(Backend, ({ compile, ...rest }) => ({
      ...rest,
      compile: (graph, state, options) =>
        Effect.map(compile(graph, rounded(state), options), (program) => ({
          ...program,
          run: (inputs) => program.run(rounded(inputs)),
        })),
    } satisfies Backend["Service"])),
  ).pipe(Layer.provide(engine));
};

/**
 * Rounds to the nearest number with few bits, as TF32 does with ten.
 *
 * @param bits Bits of fraction.
 * @returns The rounding.
 */
export const toBits = (bits: number) => (x: number): number => {
  if (x === 0) return 0;
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(x))) - bits);
  return Math.round(x / unit) * unit;
};
