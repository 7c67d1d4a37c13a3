/**
 * What is measured: a piece of work that is made ready, checked once, and run
 * as often as a clock likes.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import {
  Backend,
  type EngineIdentity,
  layerBackend,
  layerReference,
} from "@deepcluster/gpu-backend";
import { Effect, Exit, Layer, ManagedRuntime, Scope } from "effect";

/** What works may use. */
export type Engine = Backend | Assigner;

/** Work that is ready. */
export interface Ready {
  /**
   * Does the work once and gives a number that depends on its result, such as
   * a loss: equal work gives equal numbers.
   */
  readonly run: Effect.Effect<number, unknown, Engine>;
}

/** A piece of work. */
export interface Work {
  /** What, and how much of it: `assign n=1000 d=256 k=64`. */
  readonly name: string;
  /** Floating-point operations of a run; 0 where they do not count. */
  readonly operations: number;
  /**
   * Makes the work ready and checks its result, once: it dies with what is
   * wrong. All of it is released with the scope.
   */
  readonly open: Effect.Effect<Ready, unknown, Engine | Scope.Scope>;
}

/** An engine with its threads, kept over several works. */
export interface Bench {
  /** Which engine it is. */
  readonly info: () => Promise<EngineIdentity>;
  /** Makes work ready. */
  readonly open: (work: Work) => Promise<OpenWork>;
  /** Releases the engine. */
  readonly close: () => Promise<void>;
}

/** Work that is ready on an engine. */
export interface OpenWork {
  /** Does the work once. */
  readonly run: () => Promise<number>;
  /** Releases what it holds. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the engine that a run would use.
 *
 * @param threads Threads of one operator; `reference` opens the reference
 * layers instead, for comparison.
 * @returns See {@link Bench}.
 */
export const openBench = (threads: number | "reference"): Bench => {
  const layer = threads === "reference"
    ? Layer.merge(layerReference, Assigner.layerReference)
    : Assigner.layerBackend.pipe(
      Layer.provideMerge(layerBackend({ threads })),
    );
  const runtime = ManagedRuntime.make(layer);
  return {
    info: () =>
      runtime.runPromise(Effect.map(Backend, ({ info }) => info.identity)),
    open: async ({ open }) => {
      const scope = await runtime.runPromise(Scope.make());
      const ready = await runtime.runPromise(Scope.provide(open, scope));
      return {
        run: () => runtime.runPromise(ready.run),
        close: () => runtime.runPromise(Scope.close(scope, Exit.void)),
      };
    },
    close: () => runtime.dispose(),
  };
};

/**
 * Stops a measurement of wrong results.
 *
 * @param holds Whether the result is right.
 * @param what What is wrong otherwise, with the values.
 */
export const requireRight = (
  holds: boolean,
  what: () => string,
): Effect.Effect<void> =>
  Effect.suspend(() =>
    holds
      ? Effect.void
      : Effect.die(new Error(`Cannot measure wrong results: ${what()}`))
  );
