/**
 * Worker threads, each with an engine of its own, which assign the points of
 * one caller at a time.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import type { BackendError, EngineIdentity } from "@deepcluster/gpu-backend";
import * as NodeWorker from "@effect/platform-node/NodeWorker";
import { Effect, type Scope, Semaphore } from "effect";
import { RpcClient, type RpcClientError, type RpcGroup } from "effect/rpc";
import { Worker } from "node:worker_threads";
import type { Assignment } from "./assignment.ts";
import { AssignWorker, type WorkerData } from "./worker_protocol.ts";

type AssignClient = RpcClient.RpcClient<
  RpcGroup.Rpcs<typeof AssignWorker>,
  RpcClientError.RpcClientError
>;

/** Running workers. */
export interface WorkerPool {
  readonly workers: readonly AssignClient[];
  /** Allows one caller at a time. */
  readonly mutex: Semaphore.Semaphore;
  /** The points that are scattered over the workers. */
  loaded: SharedPoints | undefined;
}

/** Points and results in memory that all threads share. */
export interface SharedPoints {
  readonly n: number;
  readonly d: number;
  readonly points: Float32Array<SharedArrayBuffer>;
  readonly assignments: SharedArrayBuffer;
  readonly distances: SharedArrayBuffer;
}

/**
 * Starts one worker for each thread of an engine.
 *
 * @param engine Each worker opens this engine with one thread.
 * @returns The pool, whose workers end with the scope.
 */
export const startWorkerPool: (
  engine: EngineIdentity,
) => Effect.Effect<WorkerPool, never, Scope.Scope> = Effect.fnUntraced(
  function* ({ engine, provider, threads }) {
    const workers = yield* Effect.all(
      Array.from({ length: threads }, () => startWorker({ engine, provider })),
      { concurrency: "unbounded" },
    );
    const mutex = yield* Semaphore.make(1);
    return { workers, mutex, loaded: undefined };
  },
);

const startWorker = Effect.fnUntraced(function* (data: WorkerData) {
  const protocol = yield* Effect.provide(
    RpcClient.makeProtocolWorker({ size: 1 }),
    NodeWorker.layer(() =>
      new Worker(new URL("./assign_worker.ts", import.meta.url), {
        workerData: data,
      })
    ),
  );
  return yield* Effect.provideService(
    RpcClient.make(AssignWorker),
    RpcClient.Protocol,
    protocol,
  );
}, Effect.orDie);

/**
 * Puts points into shared memory, with room for results.
 *
 * @param points `[n, d]`; copied unless they are in shared memory already.
 * @returns Points that a pool can scatter.
 */
export const sharePoints = (
  { rows: n, columns: d, data }: Matrix,
): SharedPoints => ({
  n,
  d,
  points: isShared(data) ? data : sharedCopy(data),
  assignments: new SharedArrayBuffer(4 * n),
  distances: new SharedArrayBuffer(8 * n),
});

const isShared = (
  values: Float32Array,
): values is Float32Array<SharedArrayBuffer> =>
  values.buffer instanceof SharedArrayBuffer;

const sharedCopy = (values: Float32Array): Float32Array<SharedArrayBuffer> => {
  const copy = new Float32Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
};

/**
 * Assigns points on all workers, each its own part; waits while the pool
 * serves another caller.
 *
 * @param pool See {@link WorkerPool}.
 * @param shared Points; scattered first if the pool has others.
 * @param centroids `[k, d]`.
 * @returns The assignment, or `BackendError`.
 */
export const assignOnWorkers = (
  pool: WorkerPool,
  shared: SharedPoints,
  centroids: Matrix,
): Effect.Effect<Assignment, BackendError> =>
  pool.mutex.withPermit(Effect.gen(function* () {
    if (pool.loaded !== shared) yield* scatter(pool, shared);
    const { buffer } = sharedCopy(centroids.data);
    const request = { centroids: buffer, k: centroids.rows };
    yield* onAllWorkers(pool, (worker) => worker.assign(request));
    return {
      assignments: new Int32Array(shared.assignments).slice(),
      distances: new Float64Array(shared.distances).slice(),
    };
  }));

/** Loads a part of the points into every worker. */
const scatter = Effect.fnUntraced(
  function* (pool: WorkerPool, shared: SharedPoints) {
    pool.loaded = undefined;
    const { n, d, points, assignments, distances } = shared;
    const size = pool.workers.length;
    yield* onAllWorkers(pool, (worker, i) => {
      const first = Math.floor(i * n / size);
      const count = Math.floor((i + 1) * n / size) - first;
      return worker.load({
        points: points.buffer,
        offset: points.byteOffset + 4 * first * d,
        columns: d,
        first,
        count,
        assignments,
        distances,
      });
    });
    pool.loaded = shared;
  },
);

/**
 * Releases points, if the pool still has them.
 *
 * @param pool See {@link WorkerPool}.
 * @param shared The points.
 * @returns Nothing; never fails.
 */
export const release = (
  pool: WorkerPool,
  shared: SharedPoints,
): Effect.Effect<void> =>
  pool.mutex.withPermit(Effect.suspend(() => {
    if (pool.loaded !== shared) return Effect.void;
    pool.loaded = undefined;
    return onAllWorkers(pool, (worker) => worker.release());
  }));

const onAllWorkers = <E>(
  { workers }: WorkerPool,
  request: (
    worker: AssignClient,
    i: number,
  ) => Effect.Effect<void, E | RpcClientError.RpcClientError>,
) =>
  Effect.forEach(workers, request, { concurrency: "unbounded", discard: true })
    .pipe(Effect.catchTag("RpcClientError", Effect.die));
