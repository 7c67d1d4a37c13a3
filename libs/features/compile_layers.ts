/**
 * The layers of any model, ready to run: a network of ours, the pixels, or an
 * encoder of others.
 *
 * @module
 */
import type { Backend } from "@deepcluster/gpu-backend";
import { Effect, type Scope } from "effect";
import { compileEncoder } from "./encoder_program.ts";
import type { EvaluatedLayer } from "./layer_pools.ts";
import { type LayeredModel, layersGraph } from "./layers_graph.ts";
import {
  type CompileLayersError,
  compileOutputs,
  type OutputsProgram,
} from "./outputs_program.ts";

/**
 * Compiles the layers of a model.
 *
 * @param model The model.
 * @param layers Some of its layers.
 * @param batch Images of a run; fewer are filled up with black ones.
 * @returns The program, its outputs named as the layers, while the scope
 * lasts; or the errors of {@link compileOutputs}, or `ShapeError`, or
 * `OnnxModelError`.
 */
export const compileLayers: (
  model: LayeredModel,
  layers: readonly EvaluatedLayer[],
  batch: number,
) => Effect.Effect<
  OutputsProgram,
  CompileLayersError,
  Backend | Scope.Scope
> = Effect.fnUntraced(function* (model, layers, batch) {
  const { network, encoder, parameters, size } = model;
  if (encoder !== undefined) {
    return yield* compileEncoder(encoder, layers[0]!, batch);
  }
  const graph = yield* layersGraph(network, size, batch, layers);
  return yield* compileOutputs(graph, parameters, batch);
});
