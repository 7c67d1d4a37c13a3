/**
 * Workloads: what is measured. Each is prepared, its result is checked once,
 * and it then runs as often as the measurement needs.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import {
  Backend,
  type ByteProducts,
  type EngineIdentity,
  layerBackend,
  layerReference,
} from "@deepcluster/gpu-backend";
import { Effect, Exit, Layer, ManagedRuntime, Scope } from "effect";

/** Services that a workload may use. */
export type WorkloadServices = Backend | Assigner;

/** A prepared workload. */
export interface PreparedWorkload {
  /**
   * Runs once and returns a number that depends on the result, such as a loss:
   * equal workloads return equal numbers.
   */
  readonly run: Effect.Effect<number, unknown, WorkloadServices>;
}

/** A piece of work with a name, a size and a check of its result. */
export interface Workload {
  /** What and which sizes: `assign n=1000 d=256 k=64`. */
  readonly name: string;
  /** Floating-point operations of one run; 0 where they are not counted. */
  readonly operations: number;
  /**
   * Prepares the workload and checks its result once; dies when the result is
   * wrong. Everything is released with the scope.
   */
  readonly prepare: Effect.Effect<
    PreparedWorkload,
    unknown,
    WorkloadServices | Scope.Scope
  >;
}

/** An engine with its threads, shared by several workloads. */
export interface Engine {
  /** Returns the engine and its version. */
  readonly info: () => Promise<EngineIdentity>;
  /** Returns the bits of bytes that it multiplies exactly. */
  readonly byteProducts: () => Promise<ByteProducts>;
  /** Prepares a workload. */
  readonly open: (workload: Workload) => Promise<OpenWorkload>;
  /** Releases the engine. */
  readonly close: () => Promise<void>;
}

/** A workload that is prepared on an engine. */
export interface OpenWorkload {
  /** Runs once, see {@link PreparedWorkload.run}. */
  readonly run: () => Promise<number>;
  /** Releases its memory. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the engine that a run would use.
 *
 * @param threads Threads of one operator, or `reference` for the reference
 * layers.
 * @returns See {@link Engine}.
 */
export const openEngine = (threads: number | "reference"): Engine => {
  const layer = threads === "reference"
    ? Layer.merge(layerReference, Assigner.layerReference)
    : Assigner.layerBackend.pipe(
      Layer.provideMerge(layerBackend({ threads })),
    );
  const runtime = ManagedRuntime.make(layer);
  return {
    info: () =>
      runtime.runPromise(Effect.map(Backend, ({ info }) => info.identity)),
    byteProducts: () =>
      runtime.runPromise(
        Effect.map(Backend, ({ info }) => info.capabilities.byteProducts),
      ),
    open: async ({ prepare }) => {
      const scope = await runtime.runPromise(Scope.make());
      const { run } = await runtime.runPromise(
        Scope.provide(prepare, scope),
      );
      return {
        run: () => runtime.runPromise(run),
        close: () => runtime.runPromise(Scope.close(scope, Exit.void)),
      };
    },
    close: () => runtime.dispose(),
  };
};

/**
 * Stops the measurement of a workload with a wrong result.
 *
 * @param correct Whether the result is correct.
 * @param problem Returns what is wrong, with the values.
 */
export const requireCorrect = (
  correct: boolean,
  problem: () => string,
): Effect.Effect<void> =>
  Effect.suspend(() =>
    correct
      ? Effect.void
      : Effect.die(new Error(`Cannot measure wrong results: ${problem()}`))
  );
