/**
 * The main module of a worker thread that assigns: it has an engine of its
 * own, with one thread, and keeps Hamerly's bounds of its points.
 *
 * @module
 */
import { matrix } from "@deepcluster/core";
import { layerBackend } from "@deepcluster/gpu-backend";
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import * as NodeWorkerRunner from "@effect/platform-node/NodeWorkerRunner";
import { Effect, Layer, Schema } from "effect";
import { RpcServer } from "effect/rpc";
import process from "node:process";
import { parentPort, workerData } from "node:worker_threads";
import type { Assign } from "./assignment.ts";
import { type AssignFor, makeBackendAssigner } from "./backend_assigner.ts";
import {
  AssignWorker,
  type Shard,
  type WorkerData,
  WorkerError,
} from "./worker_protocol.ts";

/** A shard, as this worker uses it. */
interface LoadedShard {
  readonly assign: Assign;
  readonly columns: number;
  readonly assignments: Int32Array;
  readonly distances: Float64Array;
}

const handlers = AssignWorker.toLayer(Effect.gen(function* () {
  const assignFor = yield* makeBackendAssigner;
  let loaded: LoadedShard | undefined;
  return {
    load: (shard) =>
      Effect.sync(() => {
        loaded = loadShard(assignFor, shard);
      }),
    release: () =>
      Effect.sync(() => {
        loaded = undefined;
      }),
    assign: Effect.fnUntraced(function* ({ centroids, k }) {
      const { assign, columns, assignments, distances } = loaded!;
      const result = yield* assign(
        matrix(k, columns, new Float32Array(centroids)),
      ).pipe(
        Effect.catch((error) =>
          Schema.is(WorkerError)(error) ? Effect.fail(error) : Effect.die(error)
        ),
      );
      assignments.set(result.assignments);
      distances.set(result.distances);
    }),
  };
}));

const loadShard = (
  assignFor: AssignFor,
  { points, offset, columns, first, count, assignments, distances }:
    typeof Shard.Type,
): LoadedShard => ({
  assign: assignFor(matrix(
    count,
    columns,
    new Float32Array(points, offset, count * columns),
  )),
  columns,
  assignments: new Int32Array(assignments, 4 * first, count),
  distances: new Float64Array(distances, 8 * first, count),
});

const { engine, provider } = workerData as WorkerData;

/** Ports of Deno 2.9 cannot be closed: there the thread ends by itself. */
parentPort!.close ??= () => process.exit();

RpcServer.layer(AssignWorker).pipe(
  Layer.provide(handlers),
  Layer.provide(Layer.orDie(layerBackend({ engine, provider, threads: 1 }))),
  Layer.provide(RpcServer.layerProtocolWorkerRunner),
  Layer.provide(NodeWorkerRunner.layer),
  Layer.launch,
  NodeRuntime.runMain,
);
