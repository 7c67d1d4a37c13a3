/**
 * Which parts of evaluations run side by side, and which wait for each other.
 *
 * @module
 */
import type { RowReader } from "@deepcluster/core";
import { Backend } from "@deepcluster/gpu-backend";
import { Effect, Semaphore } from "effect";
import { probeDefaults } from "./defaults.ts";
import type { ProbeSettings } from "./linear_probe/probe_options.ts";
import {
  type ProbedFeatures,
  trainsInThread,
} from "./linear_probe/probe_thread.ts";

/** Delays an effect until what it must not run beside has ended. */
export type Turn = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
) => Effect.Effect<A, E, R>;

/** Sizes of features. */
type FeatureSizes = Pick<RowReader, "rows" | "columns">;

/** What evaluations that run side by side share. */
export interface EvaluationTurns {
  /** The turn of what the engine of this thread computes: one at a time. */
  readonly engine: Turn;
  /**
   * The same for neighbours and clusters, which hold features while probes do:
   * all that they read, or half of the memory where that is less.
   */
  readonly features: (parts: readonly FeatureSizes[]) => Turn;
  /** Half of the memory. */
  readonly featuresBytes: number;
  /**
   * The turn of a linear probe. Probes in threads run side by side, as many as
   * the engine has threads and as fit in memory with their features; any other
   * takes its turn as `engineProbe`.
   */
  readonly probe: (
    features: ProbedFeatures,
    settings: Pick<ProbeSettings, "batch">,
  ) => Turn;
  /** The turn of a probe that this thread's engine trains: no other runs beside it. */
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
    const featuresBytes = Math.ceil(memoryBytes / 2);
    const engineProbe: Turn = (effect) =>
      one.withPermit(memory.withPermits(memoryBytes)(effect));
    return {
      engine: one.withPermit,
      features: (parts) => {
        const bytes = parts.reduce(
          (sum, { rows, columns }) => sum + 4 * rows * columns,
          0,
        );
        const held = Math.min(bytes, featuresBytes);
        return (effect) => one.withPermit(memory.withPermits(held)(effect));
      },
      featuresBytes,
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
