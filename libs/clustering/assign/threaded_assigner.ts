/**
 * The E-step of k-means on several threads, each with an engine of its own:
 * for large clusterings, where half of the work is not in products.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import { Backend, type Capabilities } from "@deepcluster/gpu-backend";
import { Effect, Scope } from "effect";
import type { Assign, PrepareAssign } from "./assignment.ts";
import { makeBackendAssigner } from "./backend_assigner.ts";
import {
  assignOnWorkers,
  release,
  sharePoints,
  startWorkerPool,
  type WorkerPool,
} from "./worker_pool.ts";

/** Sizes of an assignment. */
export interface AssignmentSize {
  /** Points. */
  readonly n: number;
  /** Features of a point. */
  readonly d: number;
  /** Centroids. */
  readonly k: number;
}

/** What an engine has that decides whether worker threads are used. */
export interface AssigningEngine {
  /** Threads of one operator. */
  readonly threads: number;
  /** What it can do. */
  readonly capabilities: Pick<Capabilities, "enginePerThread">;
}

/**
 * `n d k` from which threads are worth it: a k-means of 20 iterations then
 * saves about the one to three seconds that starting them takes.
 */
const defaultMinWork = 2 ** 34;

/** A worker's runtime, its engine and the scores of one block, measured. */
const bytesPerWorker = 180 * 2 ** 20;

const usesWorkers = (
  { threads, capabilities }: AssigningEngine,
  { n, d, k }: AssignmentSize,
  minWork: number,
): boolean =>
  capabilities.enginePerThread && threads > 1 && n >= threads &&
  n * d * k >= minWork;

/**
 * Estimates the memory that the worker threads of an assignment take.
 *
 * @param engine That of the Backend.
 * @param size Of the assignment.
 * @returns Bytes: the workers and the shared copy of points that are not in
 * shared memory yet, as those of a run are; 0 where the assignment needs no
 * workers.
 */
export const workerBytes = (
  engine: AssigningEngine,
  size: AssignmentSize,
): number =>
  usesWorkers(engine, size, defaultMinWork)
    ? engine.threads * bytesPerWorker + 4 * size.n * size.d
    : 0;

/**
 * Makes assignments that share workers and run one at a time: in this thread
 * where the work is small, where the Backend has one thread, or where threads
 * cannot have an engine each.
 *
 * Results are those of one thread. Workers are started once and reused. Points
 * that are not in shared memory (`sharedMatrix`) are copied to it, `4 n d`
 * bytes, until the scope of their assignments is closed.
 *
 * @param minWork `n d k` from which workers are used. Default: 2^34.
 * @returns Prepares the assignments of points.
 */
export const makeThreadedAssigner: (
  minWork?: number,
) => Effect.Effect<PrepareAssign, never, Backend | Scope.Scope> = Effect
  .fnUntraced(function* (minWork = defaultMinWork) {
    const { info: { capabilities, identity } } = yield* Backend;
    const engine = { threads: identity.threads, capabilities };
    const assignHere = yield* makeBackendAssigner;
    const scope = yield* Effect.scope;
    const pool = yield* Effect.cached(
      Effect.uninterruptible(Scope.provide(startWorkerPool(identity), scope)),
    );
    return Effect.fnUntraced(function* (points) {
      const here = assignHere(points);
      const onWorkers = yield* prepareOnWorkers(pool, points);
      const { rows: n, columns: d } = points;
      return (centroids) =>
        usesWorkers(engine, { n, d, k: centroids.rows }, minWork)
          ? onWorkers(centroids)
          : here(centroids);
    });
  });

/** Starts the pool and shares the points when they are first assigned. */
const prepareOnWorkers = Effect.fnUntraced(function* (
  startedPool: Effect.Effect<WorkerPool>,
  points: Matrix,
): Effect.fn.Return<Assign, never, Scope.Scope> {
  const scope = yield* Effect.scope;
  const loaded = yield* Effect.cached(
    Effect.gen(function* () {
      const pool = yield* startedPool;
      const shared = sharePoints(points);
      yield* Scope.addFinalizer(scope, release(pool, shared));
      return { pool, shared };
    }).pipe(Effect.uninterruptible),
  );
  return Effect.fnUntraced(function* (centroids) {
    const { pool, shared } = yield* loaded;
    return yield* assignOnWorkers(pool, shared, centroids);
  });
});
