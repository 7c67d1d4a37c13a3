/**
 * The last map of a network for images of one height and width, compiled.
 *
 * @module
 */
import type { FloatTensor, Tensors } from "@deepcluster/core";
import type { Backend, BackendError } from "@deepcluster/gpu-backend";
import type { BuildError } from "@deepcluster/graph";
import { lastMapGraph, type Network } from "@deepcluster/models";
import { Effect, type Scope } from "effect";
import { compileFinite, type CompileOutputsError } from "./outputs_program.ts";

/**
 * Computes the map of an image `[1, 3, height, width]`:
 * `[1, channels, rows, columns]`, valid until the next call.
 */
export type LastMapProgram = (
  image: FloatTensor,
) => Effect.Effect<FloatTensor, BackendError>;

/**
 * Compiles a network up to its last map, which leaves its last pooling out.
 *
 * Paper: section 5.3.
 *
 * @param network The network.
 * @param parameters A tensor for every parameter on the way; others are
 * ignored.
 * @param height Rows of the image.
 * @param width Columns of the image.
 * @returns The program while the scope lasts, or `NonFiniteWeightError`,
 * `ShapeError` when the image is too small, or the errors of the engine.
 */
export const compileLastMap: (
  network: Network,
  parameters: Tensors,
  height: number,
  width: number,
) => Effect.Effect<
  LastMapProgram,
  CompileOutputsError | BuildError,
  Backend | Scope.Scope
> = Effect.fnUntraced(function* (network, parameters, height, width) {
  const graph = yield* lastMapGraph(network, height, width);
  const program = yield* compileFinite(graph, parameters);
  return (image) =>
    Effect.map(program.run({ image }), ({ map }) => map as FloatTensor);
});
