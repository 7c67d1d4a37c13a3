/**
 * What is said between the thread that clusters and those that assign for it.
 * Points, centroids and results lie in memory that all of them share.
 *
 * @module
 */
import {
  CompilationError,
  ExecutionError,
  OutOfMemoryError,
} from "@deepcluster/gpu-backend";
import { Schema } from "effect";
import { Rpc, RpcGroup } from "effect/rpc";
import { Transferable } from "effect/workers";

/** A buffer, not a view: Deno passes views element by element. */
const Shared = Transferable.schema(
  Schema.instanceOf(SharedArrayBuffer),
  () => [],
);

/** Points of one thread, and where its results go. */
export const Shard = Schema.Struct({
  /** Holds the points of all threads, 32-bit floats. */
  points: Shared,
  /** Where in `points` those of this thread begin, in bytes. */
  offset: Schema.Int,
  /** Features of a point. */
  columns: Schema.Int,
  /** First point of this thread. */
  first: Schema.Int,
  /** Number of its points. */
  count: Schema.Int,
  /** `[n]`, 32-bit integers, written to. */
  labels: Shared,
  /** `[n]`, 64-bit floats, written to. */
  distances: Shared,
});

/** What a thread can fail with; other failures are defects. */
export const ThreadError = Schema.Union([
  CompilationError,
  ExecutionError,
  OutOfMemoryError,
]);

/** What a thread does. */
export const AssignerThread = RpcGroup.make(
  /** Takes points, in place of those it had. */
  Rpc.make("take", { payload: Shard }),
  /** Lets go of its points. */
  Rpc.make("release"),
  /** Assigns its points to centroids `[k, d]`, 32-bit floats. */
  Rpc.make("assign", {
    payload: { centroids: Shared, k: Schema.Int },
    error: ThreadError,
  }),
);

/** With what engine a thread computes, by itself. */
export interface ThreadData {
  /** Name of the engine. */
  readonly engine: string;
  /** Where it computes. */
  readonly provider: string;
}
