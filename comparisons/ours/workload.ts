/**
 * A workload of our process.
 *
 * @module
 */
import type { Assigner } from "@deepcluster/clustering";
import type { Progress } from "@deepcluster/core";
import type { Backend } from "@deepcluster/gpu-backend";
import type { Effect, Scope } from "effect";

/** Services that a workload may use. */
export type Services = Backend | Assigner | Progress;

/** Prepares the workload, which can then be run. */
export type OurWorkload = Effect.Effect<
  {
    /** Values that must agree with the baselines' before any timed run. */
    readonly checked: readonly number[];
    /** Runs once; what it returns computes values that must agree, or none. */
    readonly run: Effect.Effect<() => readonly number[], unknown, Services>;
  },
  unknown,
  Services | Scope.Scope
>;
