/**
 * The E-step of k-means in the fast layer: exact assignments at the cost of
 * 8-bit matrix products, and no product for points whose assignment cannot have
 * changed. Read this file first: its steps are the other files of the folder.
 *
 * Notation: a point x and a centroid c, both relative to an origin near the
 * points' mean; s(c) = x·c - |c|²/2, the score. As |x - c|² = |x|² - 2 s(c),
 * the nearest centroid is the one with the highest score.
 *
 * 1. **Quantise** (`codes.ts`, `quantized_centroids.ts`): x ≈ x̂, c ≈ ĉ, where
 *    x̂ and ĉ are a scale times whole numbers from -127 to 127; for x̂ from -63
 *    to 63 where the engine multiplies only those exactly. The quantization
 *    errors e_x >= |x - x̂| and e_c >= |c - ĉ| are kept. Centroids of similar
 *    norm form groups that share a scale and e_c.
 * 2. **Coarse product** (`block_search.ts`): ŝ(c) = x̂·ĉ - |c|²/2 for all
 *    centroids.
 * 3. **Discard by bound** (`kernels/search_rows.ts`): |s(c) - ŝ(c)| <= E(c) =
 *    e_x |c| + (|x| + e_x) e_c, since x·c - x̂·ĉ = (x - x̂)·c + x̂·(c - ĉ) and
 *    |x̂| <= |x| + e_x; roundings add a fraction of (|x| + e_x)(|c| + e_c), and
 *    sums in double a little more. Any centroid with ŝ(c) + E(c) < L = max over
 *    c of ŝ(c) - E(c) is not the nearest. If x has a current assignment a, then
 *    L >= (|x|² - |x - a|²) / 2.
 * 4. **Exact distances** (likewise): the rest are compared by distances in
 *    double precision, of equal ones the lowest index wins. When too many are
 *    left, the following blocks use products of 32-bit floats, for which
 *    e_x = e_c = 0.
 * 5. **Bounds for the next call** (`assignment_bounds.ts`): u = |x - a|, and
 *    l = min(second exact distance, sqrt(|x|² - 2 U)), where U is the largest
 *    ŝ(c) + E(c) of the discarded centroids: no other centroid is nearer than
 *    l. After the centroids moved by their shifts δ_c, x stays with a while
 *    u < l - max δ_c. A few *active* centroids with the largest δ_c are left
 *    out of that maximum: points that only these can win go through steps 2 to
 *    4 with the active centroids alone.
 *
 * Threads share points and bounds (`shared_points.ts`). Each takes chunks of
 * points until none is left (`block_assigner.ts`), so that a thread that starts
 * late, or is slower, delays nothing. What they need to know is planned before
 * (`plan_round.ts`). An engine that runs graphs only is used otherwise:
 * `backend_assigner.ts`.
 *
 * References: G. Hamerly, "Making k-means even faster", 2010, for u and l;
 * T. Kaukoranta, P. Fränti, O. Nevalainen, "A fast exact GLA based on code
 * vector activity detection", 2000, for active centroids.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import {
  Backend,
  type BackendError,
  type ByteProducts,
  type Capabilities,
  ExecutionError,
  giveWay,
} from "@deepcluster/gpu-backend";
import {
  openMultiplier,
  type ProductModels,
} from "@deepcluster/gpu-backend/multiplier";
import { Effect, Scope, Semaphore } from "effect";
import {
  averageClusters,
  type ClusterMembers,
} from "../kmeans/average_clusters.ts";
import type { Assign, PrepareAssign } from "./assignment.ts";
import { makeBackendAssigner } from "./backend_assigner.ts";
import { openBlockAssigner } from "./block_assigner.ts";
import { planRound } from "./plan_round.ts";
import { type AssignmentRound, roundBytes } from "./assignment_round.ts";
import { approximateMean } from "./quantized_points.ts";
import {
  averageParts,
  meansArrays,
  type SharedMeans,
  shareMeans,
} from "./shared_means.ts";
import { type AllocateShared, sharedAllocators } from "./shared_memory.ts";
import {
  pointArrays,
  readable,
  type SharedPoints,
  sharePoints,
  stopped,
} from "./shared_points.ts";
import {
  type AssignWorker,
  startWorker,
  type WorkerRequest,
} from "./worker.ts";

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

/** `n d k` from which a k-means of 20 iterations is faster with workers. */
const defaultMinWork = 2 ** 31;

/**
 * What a worker takes: its runtime, its engine and a block of points, and for
 * each value of a centroid. Measured at d = 256: 20 to 35 MiB for k = 1000, 84
 * for k = 10 000.
 */
const [bytesPerWorker, bytesPerCentroidValue] = [24 * 2 ** 20, 24];

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
    ? (engine.threads - 1) *
        (bytesPerWorker + bytesPerCentroidValue * size.k * size.d) +
      4 * size.n * size.d
    : 0;

/**
 * Makes assignments that share their threads and run one at a time: in this
 * thread, and where the work is large in workers beside it, one fewer than the
 * Backend has threads. An engine without `productModels` assigns as
 * `backend_assigner.ts` describes.
 *
 * Results are those of one thread. Workers are started once and reused; the
 * work goes on while they start. Points that are not in shared memory
 * (`sharedMatrix`) are copied to it for workers, `4 n d` bytes.
 *
 * @param minWork `n d k` from which workers are used. Default: 2^31.
 * @returns Prepares the assignments of points.
 */
export const makeThreadedAssigner: (
  minWork?: number,
) => Effect.Effect<PrepareAssign, never, Backend | Scope.Scope> = Effect
  .fnUntraced(function* (minWork = defaultMinWork) {
    const { info, productModels } = yield* Backend;
    if (productModels === undefined) {
      const assignFor = yield* makeBackendAssigner;
      return (points) => Effect.succeed(assignFor(points));
    }
    const { capabilities, identity: { threads } } = info;
    const engine = { threads, capabilities };
    const opened = yield* openThreads(
      productModels,
      capabilities.byteProducts,
      threads - 1,
    );
    const mutex = yield* Semaphore.make(1);
    const allocator = sharedAllocators();
    return (points) =>
      Effect.map(allocator, (allocate) => {
        const { rows: n, columns: d } = points;
        const assign = assignerOf(
          points,
          (k) => usesWorkers(engine, { n, d, k }, minWork),
          opened,
          allocate,
        );
        return Object.assign(
          (centroids: Matrix) => mutex.withPermit(assign(centroids)),
          {
            average: (members: ClusterMembers, centroids: Matrix) =>
              mutex.withPermit(assign.average(members, centroids)),
          },
        );
      });
  });

/** This thread's part of what is computed together, and the workers'. */
interface Threads {
  /** Assigns shared points. */
  readonly assign: (
    shared: SharedPoints,
    round: AssignmentRound,
    withWorkers: boolean,
  ) => Effect.Effect<void, BackendError>;
  /** Averages clusters of shared points. */
  readonly average: (
    shared: SharedPoints,
    means: SharedMeans,
  ) => Effect.Effect<void, BackendError>;
}

/** Opens this thread's part, and workers when they are first needed. */
const openThreads = Effect.fnUntraced(function* (
  models: ProductModels,
  bits: ByteProducts,
  workers: number,
): Effect.fn.Return<Threads, never, Scope.Scope> {
  const multiplier = yield* Effect.acquireRelease(
    Effect.sync(() => openMultiplier(models)),
    ({ release }) => Effect.promise(release),
  );
  const here = openBlockAssigner(multiplier, bits);
  const scope = yield* Effect.scope;
  const startedWorkers = yield* Effect.cached(
    Effect.forEach(
      Array.from({ length: workers }),
      () => startWorker({ models, bits }),
    ).pipe(Scope.provide(scope), Effect.uninterruptible),
  );
  const rest = giveWay();
  const assignHere = Effect.fnUntraced(
    function* (shared: SharedPoints, round: AssignmentRound) {
      yield* attempt(() => here.begin(shared, round));
      while (yield* Effect.uninterruptible(attemptLater(here.step))) {
        yield* rest;
      }
    },
  );
  const together = Effect.fnUntraced(function* (
    request: WorkerRequest,
    withWorkers: boolean,
    partHere: Effect.Effect<void, BackendError>,
  ) {
    const others = withWorkers ? yield* startedWorkers : [];
    const { control } = pointArrays(request.shared);
    control.fill(0);
    for (const worker of others) worker.begin(request);
    yield* partHere.pipe(
      Effect.onExit((exit) =>
        Effect.suspend(() => {
          if (exit._tag === "Failure") Atomics.store(control, stopped, 1);
          return endAll(others);
        })
      ),
    );
  });
  return {
    assign: (shared, round, withWorkers) =>
      together(
        { kind: "assign", shared, round },
        withWorkers,
        assignHere(shared, round),
      ),
    average: (shared, means) =>
      together(
        { kind: "average", shared, means },
        true,
        attempt(() => averageParts(shared, means)),
      ),
  };
});

const attempt = <A>(action: () => A): Effect.Effect<A, ExecutionError> =>
  Effect.try({
    try: action,
    catch: (cause) => failureOf(String(cause)),
  });

const attemptLater = <A>(
  action: () => Promise<A>,
): Effect.Effect<A, ExecutionError> =>
  Effect.tryPromise({
    try: action,
    catch: (cause) => failureOf(String(cause)),
  });

const failureOf = (reason: string): ExecutionError =>
  new ExecutionError({ operator: "product of points and centroids", reason });

/** Waits for all workers, also where one fails. */
const endAll = Effect.fnUntraced(function* (workers: readonly AssignWorker[]) {
  const ends = yield* Effect.forEach(workers, ({ end }) => Effect.exit(end));
  for (const exit of ends) yield* exit;
}, Effect.mapError(failureOf));

/** An assignment whose threads average as well. */
type Averaging = { readonly average: NonNullable<Assign["average"]> };

/** Assigns the same points repeatedly; remembers what the next call can use. */
const assignerOf = (
  points: Matrix,
  withWorkers: (k: number) => boolean,
  threads: Threads,
  allocate: AllocateShared,
): Assign & Averaging => {
  let shared: SharedPoints | undefined;
  let memory: SharedArrayBuffer | undefined;
  let means: SharedMeans | undefined;
  let known: number | undefined;
  const sharedFor = (workers: boolean): SharedPoints => {
    if (shared === undefined) {
      shared = sharePoints(points, workers, allocate);
      pointArrays(shared).origin.set(approximateMean(points));
    } else if (workers) shared = readable(shared);
    return shared;
  };
  const assign = Effect.fnUntraced(function* (centroids: Matrix) {
    const { rows: k, columns: d } = centroids;
    const workers = withWorkers(k);
    const shared = sharedFor(workers);
    const arrays = pointArrays(shared);
    const first = known !== k;
    if (first || memory === undefined) {
      memory = allocate(roundBytes(k, d));
    }
    // An interrupted assignment leaves points in part.
    known = undefined;
    const round = planRound(points, arrays, centroids, memory, first);
    yield* threads.assign(shared, round, workers);
    known = k;
    return {
      assignments: arrays.assignments.slice(),
      distances: arrays.distances,
    };
  });
  const average = Effect.fnUntraced(
    function* (members: ClusterMembers, centroids: Matrix) {
      const { rows: k, data } = centroids;
      if (!withWorkers(k)) return averageClusters(points, members, centroids);
      const shared = sharedFor(true);
      if (means?.k !== k) means = shareMeans(shared, k, allocate);
      const arrays = meansArrays(shared, means);
      arrays.order.set(members.order);
      arrays.starts.set(members.starts);
      arrays.changed.set(members.changed);
      arrays.centroids.set(data);
      yield* threads.average(shared, means);
      data.set(arrays.centroids);
    },
  );
  return Object.assign(assign, { average });
};
