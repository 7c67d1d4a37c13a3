/**
 * The messages between the thread that clusters and the workers that assign
 * for it. Points, centroids and results are in memory that all threads share.
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

/** The points of one worker, and where its results go. */
export const Shard = Schema.Struct({
  /** The points of all workers, 32-bit floats. */
  points: Shared,
  /** Where in `points` those of this worker begin, in bytes. */
  offset: Schema.Int,
  /** Features of a point. */
  columns: Schema.Int,
  /** Index of this worker's first point. */
  first: Schema.Int,
  /** Number of its points. */
  count: Schema.Int,
  /** `[n]`, 32-bit integers, written to. */
  assignments: Shared,
  /** `[n]`, 64-bit floats, written to. */
  distances: Shared,
});

/** What a worker can fail with; other failures are defects. */
export const WorkerError = Schema.Union([
  CompilationError,
  ExecutionError,
  OutOfMemoryError,
]);

/** What a worker does. */
export const AssignWorker = RpcGroup.make(
  /** Loads points, in place of those it had. */
  Rpc.make("load", { payload: Shard }),
  /** Releases its points. */
  Rpc.make("release"),
  /** Assigns its points to centroids `[k, d]`, 32-bit floats. */
  Rpc.make("assign", {
    payload: { centroids: Shared, k: Schema.Int },
    error: WorkerError,
  }),
);

/** The engine that a worker opens for itself. */
export interface WorkerData {
  /** Name of the engine. */
  readonly engine: string;
  /** Where it computes. */
  readonly provider: string;
}
