/**
 * The main module of a thread that lays a graph out. It loads plain code alone.
 *
 * @module
 */
import { draws } from "@deepcluster/core/draws";
import { parentPort, workerData } from "node:worker_threads";
import { startLayout } from "./layout.ts";
import type { LayoutReply, LayoutTask } from "./layout_thread.ts";

const { rows, columns, weights, points, epochs, seed } =
  workerData as LayoutTask;
const reply = (message: LayoutReply) => parentPort!.postMessage(message);

const graph = {
  rows: new Int32Array(rows),
  columns: new Int32Array(columns),
  weights: new Float64Array(weights),
};
const layout = startLayout(graph, points, {
  epochs,
  uniform: draws(seed, "umap").uniform,
});
for (let pass = 0; pass < epochs; pass++) {
  layout.step(pass);
  reply({ passes: pass + 1 });
}
reply({ positions: layout.positions.buffer as ArrayBuffer });
