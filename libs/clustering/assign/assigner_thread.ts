/**
 * The main module of a thread that assigns: an engine of its own, with one
 * thread, and what Hamerly's bounds remember of its points.
 *
 * @module
 */
import { matrix } from "@deepcluster/core";
import { layerBackend } from "@deepcluster/gpu-backend";
import { Effect, Layer, Schema } from "effect";
import { RpcServer } from "effect/rpc";
import { parentPort, workerData } from "node:worker_threads";
import type { Assign } from "./assigner.ts";
import { assigningOnBackend } from "./backend_assigner.ts";
import {
  AssignerThread,
  type Shard,
  type ThreadData,
  ThreadError,
} from "./thread_protocol.ts";
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import * as NodeWorkerRunner from "@effect/platform-node/NodeWorkerRunner";
import process from "node:process";

/** Points as this thread sees them. */
interface Held {
  readonly assign: Assign;
  readonly columns: number;
  readonly labels: Int32Array;
  readonly distances: Float64Array;
}

const handlers = AssignerThread.toLayer(Effect.gen(function* () {
  const of = yield* assigningOnBackend;
  let held: Held | undefined;
  return {
    take: (shard) =>
      Effect.sync(() => {
        held = holding(of, shard);
      }),
    release: () =>
      Effect.sync(() => {
        held = undefined;
      }),
    assign: Effect.fnUntraced(function* ({ centroids, k }) {
      const { assign, columns, labels, distances } = held!;
      const found = yield* assign(
        matrix(k, columns, new Float32Array(centroids)),
      ).pipe(
        Effect.catch((error) =>
          Schema.is(ThreadError)(error) ? Effect.fail(error) : Effect.die(error)
        ),
      );
      labels.set(found.labels);
      distances.set(found.distances);
    }),
  };
}));

const holding = (
  of: Effect.Success<typeof assigningOnBackend>,
  { points, offset, columns, first, count, labels, distances }:
    typeof Shard.Type,
): Held => ({
  assign: of(matrix(
    count,
    columns,
    new Float32Array(points, offset, count * columns),
  )),
  columns,
  labels: new Int32Array(labels, 4 * first, count),
  distances: new Float64Array(distances, 8 * first, count),
});

const { engine, provider } = workerData as ThreadData;

/** Ports of Deno 2.9 cannot be closed: there the thread ends by itself. */
parentPort!.close ??= () => process.exit();

RpcServer.layer(AssignerThread).pipe(
  Layer.provide(handlers),
  Layer.provide(Layer.orDie(layerBackend({ engine, provider, threads: 1 }))),
  Layer.provide(RpcServer.layerProtocolWorkerRunner),
  Layer.provide(NodeWorkerRunner.layer),
  Layer.launch,
  NodeRuntime.runMain,
);
