import { ask, effectTest } from "@deepcluster/test";
import type { BackendOptions } from "@deepcluster/gpu-backend";
import { Effect } from "effect";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { reviewEngine } from "./reviews.ts";
import { madeIndex, serveIndex } from "./server_testing.ts";

test("reviewEngine() keeps processors, and takes the CPU for a GPU", () => {
  const cpu = { engine: "onnx", provider: "cpu", threads: 2 };
  for (
    const kept of [
      {},
      { threads: 2 },
      cpu,
      { engine: "tfjs", provider: "wasm" },
      { engine: "tfjs", provider: "cpu", threads: 2 },
      { engine: "reference", provider: "cpu" },
    ]
  ) assert.equal(reviewEngine(kept), kept);
  for (
    const gpu of [
      { provider: "webgpu", threads: 2 },
      { engine: "onnx", provider: "cuda", threads: 2, software: true },
      { engine: "tfjs", provider: "cuda", threads: 2 },
      { engine: "tfjs", provider: "webgpu", threads: 2 },
      { provider: "auto", threads: 2 },
    ]
  ) assert.deepEqual(reviewEngine(gpu), cpu);
});

effectTest(
  "startServer() uses a GPU in one of its threads only",
  () =>
    Effect.gen(function* () {
      const { folder } = yield* madeIndex;
      const opened: (BackendOptions | undefined)[] = [];
      const engine = { engine: "onnx", provider: "webgpu", threads: 1 };
      const { address } = yield* serveIndex(folder, {
        engine,
        startWorker: (data) => {
          opened.push(data.engine);
          const workerData = { ...data, engine: { threads: 1 } };
          return new Worker(new URL("./search_thread.ts", import.meta.url), {
            workerData,
          });
        },
      });
      const found = yield* ask(address, "/api/duplicates?kind=near");
      assert.equal(found.status, 200);
      assert.deepEqual(opened, [engine, { ...engine, provider: "cpu" }]);
    }),
);
