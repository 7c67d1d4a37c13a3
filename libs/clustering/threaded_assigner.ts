/**
 * The E-step of k-means on several threads, each with an engine of its own:
 * for large clusterings, where half of the work is not in products.
 *
 * @module
 */
import { type Matrix, sharedMatrix } from "@deepcluster/core";
import { Backend } from "@deepcluster/gpu-backend";
import * as NodeWorker from "@effect/platform-node/NodeWorker";
import { Effect, Scope, Semaphore } from "effect";
import { RpcClient, type RpcClientError, type RpcGroup } from "effect/rpc";
import { Worker } from "node:worker_threads";
import type { Assign } from "./assigner.ts";
import { assigningOnBackend } from "./backend_assigner.ts";
import { AssignerThread, type ThreadData } from "./thread_protocol.ts";

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
  readonly points: Matrix;
  readonly labels: Int32Array;
  readonly distances: Float64Array;
}

/**
 * Points times centroids times features from which threads pay: a k-means of
 * 20 iterations then saves about the second that starting them takes.
 */
const leastWork = 2 ** 33;

/**
 * Makes assignments that share threads and run one at a time: in this thread
 * where the work is small, or where the Backend is not one of several threads
 * on the CPU.
 *
 * Labels and distances are those of one thread. Points that do not lie in
 * shared memory are copied to it: `4 n d` bytes.
 *
 * @param least Points times centroids times features from which threads are used;
 * 2^33 when absent.
 */
export const assigningOnThreads = Effect.fnUntraced(
  function* (least: number = leastWork): Effect.fn.Return<
    (points: Matrix) => Assign,
    never,
    Backend | Scope.Scope
  > {
    const { info: { engine, provider, threads } } = yield* Backend;
    const here = yield* assigningOnBackend;
    if (engine !== "onnx" || provider !== "cpu" || threads === 1) return here;
    const scope = yield* Effect.scope;
    const assembled = yield* Effect.cached(
      Scope.provide(assemble(threads, { engine, provider }), scope),
    );
    return (points) => {
      const assignHere = here(points);
      let shared: SharedPoints | undefined;
      return (centroids) => {
        const work = points.rows * centroids.rows * points.columns;
        if (work < least || points.rows < threads) return assignHere(centroids);
        shared ??= share(points);
        return assignThere(assembled, shared, centroids);
      };
    };
  },
);

const assemble = Effect.fnUntraced(function* (size: number, data: ThreadData) {
  const members = yield* Effect.all(
    Array.from({ length: size }, () => start(data)),
    { concurrency: "unbounded" },
  );
  const turn = yield* Semaphore.make(1);
  const team: Team = { members, turn, holding: undefined };
  return team;
});

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

const share = (points: Matrix): SharedPoints => {
  const { rows: n } = points;
  return {
    points: inSharedMemory(points),
    labels: new Int32Array(new SharedArrayBuffer(4 * n)),
    distances: new Float64Array(new SharedArrayBuffer(8 * n)),
  };
};

/** The matrix itself where it is all of a shared buffer, otherwise a copy. */
const inSharedMemory = (m: Matrix): Matrix => {
  const { buffer, byteLength } = m.data;
  if (buffer instanceof SharedArrayBuffer && buffer.byteLength === byteLength) {
    return m;
  }
  const copy = sharedMatrix(m.rows, m.columns);
  copy.data.set(m.data);
  return copy;
};

const bufferOf = ({ buffer }: { readonly buffer: ArrayBufferLike }) =>
  buffer as SharedArrayBuffer;

const assignThere = Effect.fnUntraced(function* (
  assembled: Effect.Effect<Team>,
  shared: SharedPoints,
  centroids: Matrix,
) {
  const team = yield* assembled;
  return yield* team.turn.withPermit(Effect.gen(function* () {
    if (team.holding !== shared) yield* handOut(team, shared);
    const sent = {
      centroids: bufferOf(inSharedMemory(centroids).data),
      k: centroids.rows,
    };
    yield* together(team, (member) => member.assign(sent));
    return {
      labels: shared.labels.slice(),
      distances: shared.distances.slice(),
    };
  }));
});

/** Gives every thread its share of the points. */
const handOut = Effect.fnUntraced(
  function* (team: Team, shared: SharedPoints) {
    team.holding = undefined;
    const { rows: n, columns } = shared.points;
    const size = team.members.length;
    yield* together(team, (member, i) => {
      const first = Math.floor(i * n / size);
      return member.take({
        points: bufferOf(shared.points.data),
        columns,
        first,
        count: Math.floor((i + 1) * n / size) - first,
        labels: bufferOf(shared.labels),
        distances: bufferOf(shared.distances),
      });
    });
    team.holding = shared;
  },
);

const together = <E>(
  { members }: Team,
  ask: (
    member: Team["members"][number],
    place: number,
  ) => Effect.Effect<void, E | RpcClientError.RpcClientError>,
) =>
  Effect.forEach(members, ask, { concurrency: "unbounded", discard: true })
    .pipe(Effect.catchTag("RpcClientError", Effect.die));
