/**
 * The main module of a worker thread that assigns. It loads ONNX Runtime, the
 * kernels and plain code alone, and so starts in a fraction of a second.
 *
 * @module
 */
import { openMultiplier } from "@deepcluster/gpu-backend/multiplier";
import { parentPort, workerData } from "node:worker_threads";
import { openBlockAssigner } from "./block_assigner.ts";
import type { WorkerReply, WorkerRequest, WorkerSettings } from "./worker.ts";

const { models, bits } = workerData as WorkerSettings;
const assigner = openBlockAssigner(openMultiplier(models), bits);
const port = parentPort!;
const reply = (message: WorkerReply) => port.postMessage(message);

const assign = async ({ shared, round }: WorkerRequest): Promise<void> => {
  assigner.begin(shared, round);
  while (await assigner.step());
};

port.on("message", (request: WorkerRequest) => {
  assign(request).then(
    () => reply({ kind: "done" }),
    (cause) => reply({ kind: "failed", reason: String(cause) }),
  );
});
reply({ kind: "ready" });
