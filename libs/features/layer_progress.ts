/**
 * Progress of an evaluation that goes from layer to layer.
 *
 * @module
 */
import { Progress } from "@deepcluster/core";
import { Effect } from "effect";

/**
 * Names the layer in every event, so that each layer is a phase of its own.
 *
 * @param layer Name of the layer.
 * @returns What to pipe an evaluation through.
 */
export const namingLayer = (
  layer: string,
): <A, E, R>(
  evaluate: Effect.Effect<A, E, R>,
) => Effect.Effect<A, E, R | Progress> =>
(evaluate) =>
  Effect.gen(function* () {
    const { report } = yield* Progress;
    return yield* Effect.provideService(evaluate, Progress, {
      report: (event) => report({ ...event, phase: `${event.phase} ${layer}` }),
    });
  });
