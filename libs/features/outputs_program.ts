/**
 * A graph of features, ready to run on any number of images up to its batch.
 *
 * @module
 */
import {
  firstNonFinite,
  type FloatTensor,
  floatTensor,
  type Matrix,
  matrix,
  type Tensors,
} from "@deepcluster/core";
import {
  Backend,
  type BackendError,
  type OnnxModelError,
  type Program,
} from "@deepcluster/gpu-backend";
import type { BuildError, Graph } from "@deepcluster/graph";
import { Effect, type Scope } from "effect";
import { NonFiniteWeightError } from "./errors.ts";

/**
 * Computes outputs for `n` images, shape `[n, 3, size, size]`: `[n, d]` each,
 * by name, valid until the next call.
 */
export type OutputsProgram<E = OutputsError> = (
  images: FloatTensor,
) => Effect.Effect<(output: string) => Matrix, E>;

/** What running the layers of a model can fail with. */
export type OutputsError = BackendError | OnnxModelError;

/** What {@link compileOutputs} can fail with. */
export type CompileOutputsError = BackendError | NonFiniteWeightError;

/** What {@link compileLayers} can fail with. */
export type CompileLayersError =
  | BuildError
  | CompileOutputsError
  | OnnxModelError;

/**
 * Compiles a graph of features.
 *
 * @param graph With the input `images` `[batch, 3, size, size]`.
 * @param parameters A tensor for all of its state; others are ignored.
 * @param batch Images of a run; fewer are filled up with black ones.
 * @returns The program while the scope lasts, or `NonFiniteWeightError`, or
 * the errors of the engine.
 */
export const compileOutputs: (
  graph: Graph,
  parameters: Tensors,
  batch: number,
) => Effect.Effect<
  OutputsProgram<BackendError>,
  CompileOutputsError,
  Backend | Scope.Scope
> = Effect.fnUntraced(function* (graph, parameters, batch) {
  const program = yield* compileFinite(graph, parameters);
  return (images) =>
    program.run({ images: filledUp(images, batch) }).pipe(
      Effect.map((outputs) => (output) => {
        const { data, shape } = outputs[output] as FloatTensor;
        const rows = images.shape[0]!;
        const columns = shape[1]!;
        return matrix(rows, columns, data.subarray(0, rows * columns));
      }),
    );
});

/**
 * Compiles a graph whose whole state are numbers, all of them finite.
 *
 * @param graph Any graph.
 * @param parameters A tensor for all of its state; others are ignored.
 * @param action What is to be done, for the message. Default: extract features.
 * @returns The program while the scope lasts, or `NonFiniteWeightError`, or
 * the errors of the engine.
 */
export const compileFinite: (
  graph: Graph,
  parameters: Tensors,
  action?: string,
) => Effect.Effect<Program, CompileOutputsError, Backend | Scope.Scope> = Effect
  .fnUntraced(function* (graph, parameters, action) {
    const backend = yield* Backend;
    const state = Object.fromEntries(
      Object.keys(graph.state).flatMap((name) => {
        const parameter = parameters[name];
        return parameter === undefined ? [] : [[name, parameter]];
      }),
    );
    yield* refuseNonFiniteWeights(state, action);
    return yield* backend.compile(graph, state);
  });

/** Looks at the weights themselves: an engine's maxima may lose a NaN. */
const refuseNonFiniteWeights = Effect.fnUntraced(function* (
  state: Tensors,
  action?: string,
): Effect.fn.Return<void, NonFiniteWeightError> {
  for (const [name, { data }] of Object.entries(state)) {
    if (!(data instanceof Float32Array)) continue;
    const index = firstNonFinite(data);
    if (index === data.length) continue;
    const value = String(data[index]);
    return yield* new NonFiniteWeightError({
      ...action !== undefined && { action },
      name,
      index,
      value,
    });
  }
});

const filledUp = (images: FloatTensor, batch: number): FloatTensor => {
  if (images.shape[0]! >= batch) return images;
  const full = floatTensor([batch, ...images.shape.slice(1)]);
  full.data.set(images.data);
  return full;
};
