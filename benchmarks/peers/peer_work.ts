/**
 * A work of our side.
 *
 * @module
 */
import type { Assigner } from "@deepcluster/clustering";
import type { Progress } from "@deepcluster/core";
import type { Backend } from "@deepcluster/gpu-backend";
import type { Effect, Scope } from "effect";

/** What works may use. */
export type Services = Backend | Assigner | Progress;

/** Makes itself ready, and can then be run. */
export type PeerWork = Effect.Effect<
  {
    /** Values that both sides must agree on before the clock runs. */
    readonly checked: readonly number[];
    /** Does the work once; values to agree on, or none. */
    readonly run: Effect.Effect<readonly number[], unknown, Services>;
  },
  unknown,
  Services | Scope.Scope
>;
