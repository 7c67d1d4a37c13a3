/**
 * Builds a graph of rows in a worker thread.
 *
 * @module
 */
import { matrix, Progress, readInto, type RowReader } from "@deepcluster/core";
import * as NodeWorker from "@effect/platform-node/NodeWorker";
import { Effect } from "effect";
import { RpcClient, type RpcClientError } from "effect/rpc";
import { Worker } from "node:worker_threads";
import type { GraphError } from "./errors.ts";
import { GraphWorker } from "./graph_worker_protocol.ts";

/** Rows that are added at a time, at most. */
const maxAddedRows = 8192;
/** Values of them, at most: 16 MiB. */
const maxAddedValues = 2 ** 22;

/**
 * Returns how many rows are added at a time. Another number gives another
 * graph, because the library draws its levels anew whenever it grows.
 *
 * @param columns Values of a row.
 * @returns The number.
 */
export const rowsPerAdd = (columns: number): number =>
  Math.max(1, Math.min(maxAddedRows, Math.floor(maxAddedValues / columns)));

/**
 * Builds a graph and writes it to a file. The same rows give the same bytes.
 *
 * @param rows `[n, d]`, finite.
 * @param path The file.
 * @returns Nothing; or `GraphError`, or the errors of reading rows.
 */
export const buildGraph: <E>(
  rows: RowReader<E>,
  path: string,
) => Effect.Effect<void, E | GraphError, Progress> = Effect.fn("buildGraph")(
  function* <E>(rows: RowReader<E>, path: string) {
    const progress = yield* Progress;
    const worker = yield* startWorker;
    const { rows: n, columns } = rows;
    const report = (done: number) =>
      progress.report({ phase: "graph", done, total: n, unit: "vectors" });
    yield* report(0);
    yield* worker.begin({ columns });
    const step = rowsPerAdd(columns);
    const shared = new SharedArrayBuffer(4 * step * columns);
    const block = matrix(step, columns, new Float32Array(shared));
    for (let first = 0; first < n; first += step) {
      const count = Math.min(step, n - first);
      yield* readInto(rows, first, count, block.data);
      yield* worker.add({ first, count, rows: shared });
      yield* report(first + count);
    }
    yield* worker.save({ path });
  },
  (effect) =>
    Effect.scoped(
      Effect.catchIf(effect, isDefect, (error) => Effect.die(error)),
    ),
);

const isDefect = (error: unknown): error is RpcClientError.RpcClientError =>
  typeof error === "object" && error !== null && "_tag" in error &&
  error._tag === "RpcClientError";

const startWorker = Effect.gen(function* () {
  const protocol = yield* Effect.provide(
    RpcClient.makeProtocolWorker({ size: 1 }),
    NodeWorker.layer(() =>
      new Worker(new URL("./graph_worker.ts", import.meta.url))
    ),
  );
  return yield* Effect.provideService(
    RpcClient.make(GraphWorker),
    RpcClient.Protocol,
    protocol,
  );
}).pipe(Effect.orDie);
