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
  /** Of a pass over the images: one at a time. */
  readonly extract: Turn;
  /** Of a probe that the engine trains with all of its threads. */
  readonly alone: Turn;
  /**
   * Of a linear probe: as many as the engine has threads, if their features
   * fit in memory together; alone where it is not trained in a thread.
   */
  readonly probe: (
    features: ProbedFeatures,
    settings: Pick<ProbeSettings, "batch">,
  ) => Turn;
}

/**
 * Makes the turns of evaluations.
 *
 * @param memoryBytes Memory for features of all probes together. Default: that
 * of one probe.
 * @returns The turns.
 */
export const evaluationTurns: (
  memoryBytes?: number,
) => Effect.Effect<EvaluationTurns, never, Backend> = Effect.fnUntraced(
  function* (memoryBytes = probeDefaults.memoryBytes) {
    const backend = yield* Backend;
    const { threads: all } = backend.info.identity;
    const extracting = yield* Semaphore.make(1);
    const threads = yield* Semaphore.make(all);
    const memory = yield* Semaphore.make(memoryBytes);
    const alone: Turn = threads.withPermits(all);
    return {
      extract: extracting.withPermit,
      alone,
      probe: (features, { batch }) => {
        const inThread = trainsInThread(backend, features, {
          batch,
          memoryBytes,
        });
        if (!inThread) return alone;
        const { images, columns } = features;
        return (effect) =>
          threads.withPermit(
            memory.withPermits(4 * images * columns)(effect),
          );
      },
    };
  },
);
