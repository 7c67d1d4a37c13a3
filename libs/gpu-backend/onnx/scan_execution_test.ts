import { floatTensor } from "@deepcluster/core";
import {
  add,
  broadcast,
  buildGraph,
  input,
  reduceSum,
  relu,
  type Value,
} from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { Backend } from "../backend.ts";
import { conformanceTests } from "../conformance/conformance_testing.ts";
import { trainByScans } from "../conformance/training_testing.ts";
import { layerLoweredForGpu } from "./gpu/lowered_for_gpu_testing.ts";
import { layerTested } from "../testing.ts";
import { scanExecution } from "./scan_execution.ts";
import assert from "node:assert/strict";

/** Everything of `--provider cuda` that needs no GPU. */
const layerScanning = layerLoweredForGpu(scanExecution);

conformanceTests("onnx by Scan", layerScanning, 1e-5);

effectTest(
  "any number of steps at once gives the bytes of single steps",
  () =>
    Effect.gen(function* () {
      const single = yield* trainByScans(Array(8).fill(1));
      for (const scans of [[8], [7, 1], [2, 2, 4], [3, 5]]) {
        assert.deepEqual(yield* trainByScans(scans), single);
      }
    }).pipe(Effect.provide(layerScanning)),
);

effectTest(
  "on the processor steps that are scanned give the bytes of single runs",
  () =>
    Effect.gen(function* () {
      const single = yield* trainByScans(Array(8).fill(1));
      for (const scans of [[8], [3, 5], Array<number>(8).fill(1)]) {
        assert.deepEqual(yield* trainByScans(scans, { scans: true }), single);
      }
    }).pipe(Effect.provide(layerTested)),
);

effectTest(
  "an operator that is refused within a step is named",
  () =>
    Effect.gen(function* () {
      const wrong: Value = {
        operator: { type: "matmul", transposeA: false, transposeB: false },
        inputs: [input("a", [2, 3]), input("b", [4, 5])],
        shape: [2, 5],
        dtype: "float32",
      };
      const graph = yield* buildGraph(() => ({ outputs: { wrong } }));
      const error = yield* Effect.flip(
        Effect.flatMap(Backend, (backend) => backend.compile(graph, {})),
      );
      assert.equal(error._tag, "CompilationError");
      assert.match(
        error.message,
        /current values are operator=matmul\(\[2, 3\], \[4, 5\]\) -> \[2, 5\], /,
      );
    }).pipe(Effect.scoped, Effect.provide(layerScanning)),
);

effectTest(
  "steps that memory does not hold leave the state as it was",
  () =>
    Effect.gen(function* () {
      const count = input("count", []);
      const x = input("x", [40_000, 1, 1000]);
      const large = relu(broadcast(x, [40_000, 100_000, 1000]));
      const graph = yield* buildGraph(() => ({
        outputs: { sum: reduceSum(large) },
        state: { count: { current: count, next: add(count, 1) } },
      }));
      const backend = yield* Backend;
      const { read, scan } = yield* backend.compile(graph, {
        count: floatTensor([]),
      });
      const inputs = { x: floatTensor([2, ...x.shape]) };
      const error = yield* Effect.flip(scan(2, inputs));
      assert.equal(error._tag, "OutOfMemoryError");
      assert.equal((yield* read)["count"]!.data[0], 0);
    }).pipe(Effect.scoped, Effect.provide(layerScanning)),
);
