/**
 * Which parts of evaluations run side by side, and which wait for each other.
 *
 * @module
 */
import { Backend } from "@deepcluster/gpu-backend";
import { Effect, Semaphore } from "effect";
import { probeDefaults } from "./defaults.ts";
import type { ProbeSettings } from "./linear_probe/probe_options.ts";
import {
  type ProbedFeatures,
  trainsInThread,
} from "./linear_probe/probe_thread.ts";

/** Delays an effect until it may run. */
export type Turn = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
) => Effect.Effect<A, E, R>;

/** What evaluations that run side by side share. */
export interface EvaluationTurns {
  /** Of what this thread's engine computes: one at a time. */
  readonly engine: Turn;
  /**
   * The same, of what holds features while probes do: neighbours and clusters,
   * for which half of the memory is set apart.
   */
  readonly features: Turn;
  /**
   * Of a linear probe: as many as the engine has threads, if their features
   * fit in memory together; where it is not trained in a thread, a turn of the
   * engine, and no other probe meanwhile.
   */
  readonly probe: (
    features: ProbedFeatures,
    settings: Pick<ProbeSettings, "batch">,
  ) => Turn;
  /** Of a probe that is not trained in a thread. */
  readonly engineProbe: Turn;
}

/**
 * Makes the turns of evaluations.
 *
 * @param memoryBytes Memory for features of all that runs side by side. Default:
 * that of one probe.
 * @returns The turns.
 */
export const evaluationTurns: (
  memoryBytes?: number,
) => Effect.Effect<EvaluationTurns, never, Backend> = Effect.fnUntraced(
  function* (memoryBytes = probeDefaults.memoryBytes) {
    const backend = yield* Backend;
    const one = yield* Semaphore.make(1);
    const threads = yield* Semaphore.make(backend.info.identity.threads);
    const memory = yield* Semaphore.make(memoryBytes);
    const engineProbe: Turn = (effect) =>
      one.withPermit(memory.withPermits(memoryBytes)(effect));
    return {
      engine: one.withPermit,
      features: (effect) =>
        one.withPermit(memory.withPermits(Math.ceil(memoryBytes / 2))(effect)),
      engineProbe,
      probe: (features, { batch }) => {
        const settings = { batch, memoryBytes };
        const { images, columns } = features;
        return trainsInThread(backend, features, settings)
          ? (effect) =>
            threads.withPermit(
              memory.withPermits(4 * images * columns)(effect),
            )
          : engineProbe;
      },
    };
  },
);
