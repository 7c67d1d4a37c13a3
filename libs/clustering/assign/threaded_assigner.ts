/**
 * The E-step of k-means on several threads, each with an engine of its own:
 * for large clusterings, where half of the work is not in products.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import {
  Backend,
  type Capabilities,
  type EngineIdentity,
} from "@deepcluster/gpu-backend";
import { Effect, Scope, Semaphore } from "effect";
import { RpcClient, type RpcClientError, type RpcGroup } from "effect/rpc";
import { Worker } from "node:worker_threads";
import type { Assign } from "./assigner.ts";
import { assigningOnBackend } from "./backend_assigner.ts";
import { AssignerThread, type ThreadData } from "./thread_protocol.ts";
import * as NodeWorker from "@effect/platform-node/NodeWorker";

/** Threads that hold the points of one caller at a time. */
interface Team {
  readonly members: readonly RpcClient.RpcClient<
    RpcGroup.Rpcs<typeof AssignerThread>,
    RpcClientError.RpcClientError
  >[];
  readonly turn: Semaphore.Semaphore;
  /** Whose points they hold. */
  holding: SharedPoints | undefined;
}

/** Points and results in memory that threads share. */
interface SharedPoints {
  readonly n: number;
  readonly d: number;
  readonly points: Float32Array<SharedArrayBuffer>;
  readonly labels: SharedArrayBuffer;
  readonly distances: SharedArrayBuffer;
}

/** Sizes of an assignment. */
export interface AssignmentSize {
  /** Points. */
  readonly n: number;
  /** Features of a point. */
  readonly d: number;
  /** Centroids. */
  readonly k: number;
}

/**
 * `n d k` from which threads pay: a k-means of 20 iterations then saves about
 * the one to three seconds that starting them takes.
 */
const leastWork = 2 ** 34;

/** A thread's runtime, its engine and the scores of one block, measured. */
const bytesPerThread = 180 * 2 ** 20;

/** What decides of an engine whether threads are used. */
export interface AssigningEngine {
  /** Threads of one operator. */
  readonly threads: number;
  /** What it can do. */
  readonly capabilities: Pick<Capabilities, "enginePerThread">;
}

const usesThreads = (
  { threads, capabilities }: AssigningEngine,
  { n, d, k }: AssignmentSize,
  least: number,
): boolean =>
  capabilities.enginePerThread && threads > 1 && n >= threads &&
  n * d * k >= least;

/**
 * Memory that threads of an assignment take, for estimates.
 *
 * @param engine Of the Backend.
 * @param size Of the assignment.
 * @returns Bytes: threads and the shared copy of points that do not lie in
 * shared memory, as those of a run; 0 where the assignment stays in one thread.
 */
export const threadBytes = (
  engine: AssigningEngine,
  size: AssignmentSize,
): number =>
  usesThreads(engine, size, leastWork)
    ? engine.threads * bytesPerThread + 4 * size.n * size.d
    : 0;

/**
 * Makes assignments that share threads and run one at a time: in this thread
 * where the work is small, or where the Backend has one thread or cannot have
 * an engine per thread.
 *
 * Labels and distances are those of one thread. Threads are started once and
 * kept. Points that do not lie in shared memory (`sharedMatrix`) are copied to
 * it, `4 n d` bytes, until the scope of their assignments is closed.
 *
 * @param least `n d k` from which threads are used; 2^34 when absent.
 */
export const assigningOnThreads = Effect.fnUntraced(
  function* (least: number = leastWork): Effect.fn.Return<
    (points: Matrix) => Effect.Effect<Assign, never, Scope.Scope>,
    never,
    Backend | Scope.Scope
  > {
    const { info: { capabilities, identity } } = yield* Backend;
    const { threads } = identity;
    const here = yield* assigningOnBackend;
    const scope = yield* Effect.scope;
    const team = yield* Effect.cached(
      Effect.uninterruptible(Scope.provide(assemble(identity), scope)),
    );
    return Effect.fnUntraced(function* (points) {
      const assignHere = here(points);
      const assignThere = yield* assigningBy(team, points);
      const { rows: n, columns: d } = points;
      return (centroids) =>
        usesThreads(
            { threads, capabilities },
            { n, d, k: centroids.rows },
            least,
          )
          ? assignThere(centroids)
          : assignHere(centroids);
    });
  },
);

const assemble = Effect.fnUntraced(
  function* ({ engine, provider, threads }: EngineIdentity) {
    const members = yield* Effect.all(
      Array.from({ length: threads }, () => start({ engine, provider })),
      { concurrency: "unbounded" },
    );
    const turn = yield* Semaphore.make(1);
    const team: Team = { members, turn, holding: undefined };
    return team;
  },
);

const start = Effect.fnUntraced(function* (data: ThreadData) {
  const protocol = yield* Effect.provide(
    RpcClient.makeProtocolWorker({ size: 1 }),
    NodeWorker.layer(() =>
      new Worker(new URL("./assigner_thread.ts", import.meta.url), {
        workerData: data,
      })
    ),
  );
  return yield* Effect.provideService(
    RpcClient.make(AssignerThread),
    RpcClient.Protocol,
    protocol,
  );
}, Effect.orDie);

/** Assignments of points that threads hold from the first one on. */
const assigningBy = Effect.fnUntraced(function* (
  assembled: Effect.Effect<Team>,
  points: Matrix,
): Effect.fn.Return<Assign, never, Scope.Scope> {
  const scope = yield* Effect.scope;
  const taken = yield* Effect.cached(
    Effect.gen(function* () {
      const team = yield* assembled;
      const shared = share(points);
      yield* Scope.addFinalizer(scope, letGo(team, shared));
      return { team, shared };
    }).pipe(Effect.uninterruptible),
  );
  return Effect.fnUntraced(function* (centroids) {
    const { team, shared } = yield* taken;
    return yield* team.turn.withPermit(assignThere(team, shared, centroids));
  });
});

const share = ({ rows: n, columns: d, data }: Matrix): SharedPoints => ({
  n,
  d,
  points: isShared(data) ? data : sharedCopy(data),
  labels: new SharedArrayBuffer(4 * n),
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

const assignThere = Effect.fnUntraced(function* (
  team: Team,
  shared: SharedPoints,
  centroids: Matrix,
) {
  if (team.holding !== shared) yield* handOut(team, shared);
  const { buffer } = sharedCopy(centroids.data);
  const sent = { centroids: buffer, k: centroids.rows };
  yield* together(team, (member) => member.assign(sent));
  return {
    labels: new Int32Array(shared.labels).slice(),
    distances: new Float64Array(shared.distances).slice(),
  };
});

/** Gives every thread its share of the points. */
const handOut = Effect.fnUntraced(
  function* (team: Team, shared: SharedPoints) {
    team.holding = undefined;
    const { n, d, points, labels, distances } = shared;
    const size = team.members.length;
    yield* together(team, (member, i) => {
      const first = Math.floor(i * n / size);
      const count = Math.floor((i + 1) * n / size) - first;
      return member.take({
        points: points.buffer,
        offset: points.byteOffset + 4 * first * d,
        columns: d,
        first,
        count,
        labels,
        distances,
      });
    });
    team.holding = shared;
  },
);

const letGo = (team: Team, shared: SharedPoints) =>
  team.turn.withPermit(Effect.suspend(() => {
    if (team.holding !== shared) return Effect.void;
    team.holding = undefined;
    return together(team, (member) => member.release());
  }));

const together = <E>(
  { members }: Team,
  ask: (
    member: Team["members"][number],
    place: number,
  ) => Effect.Effect<void, E | RpcClientError.RpcClientError>,
) =>
  Effect.forEach(members, ask, { concurrency: "unbounded", discard: true })
    .pipe(Effect.catchTag("RpcClientError", Effect.die));
