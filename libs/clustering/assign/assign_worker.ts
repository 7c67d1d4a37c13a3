/**
 * The main module of a worker thread that assigns. It loads ONNX Runtime, the
 * kernels and plain code alone, and so starts in a fraction of a second.
 *
 * @module
 */
import { openMultiplier } from "@deepcluster/gpu-backend/multiplier";
import { parentPort, workerData } from "node:worker_threads";
import { openBlockAssigner } from "./block_assigner.ts";
import { averageParts } from "./shared_means.ts";
import type { WorkerReply, WorkerRequest, WorkerSettings } from "./worker.ts";

const { models, bits } = workerData as WorkerSettings;
const assigner = openBlockAssigner(openMultiplier(models), bits);
const port = parentPort!;
const reply = (message: WorkerReply) => port.postMessage(message);

const answer = async (request: WorkerRequest): Promise<void> => {
  if (request.kind === "average") {
    return averageParts(request.shared, request.means);
  }
  assigner.begin(request.shared, request.round);
  while (await assigner.step());
};

port.on("message", (request: WorkerRequest) => {
  answer(request).then(
    () => reply({ kind: "done" }),
    (cause) => reply({ kind: "failed", reason: String(cause) }),
  );
});
reply({ kind: "ready" });
