/**
 * The main module of a worker thread that builds a graph: the library blocks
 * the thread that calls it, for minutes in all.
 *
 * @module
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import * as NodeWorkerRunner from "@effect/platform-node/NodeWorkerRunner";
import { Effect, Layer } from "effect";
import { RpcServer } from "effect/rpc";
import process from "node:process";
import { parentPort } from "node:worker_threads";
import { GraphWorker } from "./graph_worker_protocol.ts";
import { type Graph, newGraph } from "./usearch_graph.ts";

const handlers = GraphWorker.toLayer(Effect.sync(() => {
  let columns = 0;
  let graph: Graph | undefined;
  return {
    begin: Effect.fnUntraced(function* (payload) {
      columns = payload.columns;
      graph = yield* newGraph(columns);
    }),
    add: ({ first, count, rows }) =>
      graph!.add(first, new Float32Array(rows, 0, count * columns)),
    save: ({ path }) => graph!.save(path),
  };
}));

/** Ports of Deno 2.9 cannot be closed: there the thread ends by itself. */
parentPort!.close ??= () => process.exit();

RpcServer.layer(GraphWorker).pipe(
  Layer.provide(handlers),
  Layer.provide(RpcServer.layerProtocolWorkerRunner),
  Layer.provide(NodeWorkerRunner.layer),
  Layer.launch,
  NodeRuntime.runMain,
);
