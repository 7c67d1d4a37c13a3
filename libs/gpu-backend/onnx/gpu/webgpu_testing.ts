/**
 * Tests of ONNX Runtime on WebGPU, run by `webgpu_test.ts` in a process of its
 * own on SwiftShader.
 *
 * @module
 */
import { floatTensor } from "@deepcluster/core";
import { add, buildGraph, input, matmul, relu } from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { openedOnce } from "@deepcluster/test/software-gpu";
import { Effect, Layer } from "effect";
import { Backend } from "../../backend.ts";
import {
  conformanceTests,
  operatorCases,
} from "../../conformance/conformance_testing.ts";
import { runChild } from "../../probe/child_process.ts";
import { layerOnnx } from "../executor.ts";
import { onnxModelOf } from "../export.ts";
import assert from "node:assert/strict";
import "./resident_testing.ts";

const layer = await openedOnce(
  layerOnnx({ provider: "webgpu", threads: 1, software: true }),
);

conformanceTests("onnx webgpu", layer, 1e-5);

effectTest(
  "no node of a training step, nor of any operator, is computed on the CPU",
  () =>
    Effect.gen(function* () {
      const module = new URL("./placement_testing.ts", import.meta.url);
      const { log, end } = yield* runChild(module, {});
      assert.equal(end, 0, log);
      const [, ...graphs] = log.split(/^graph /m);
      assert.equal(graphs.length, operatorCases.length + 1);
      for (const graph of graphs) {
        assert.match(
          graph,
          /All nodes placed on \[WebGpuExecutionProvider\]/,
          graph.slice(graph.indexOf("Node placements")),
        );
      }
    }),
);

effectTest(
  "software is refused unless it is asked for, and named",
  () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Effect.scoped(
          Layer.build(layerOnnx({ provider: "webgpu", threads: 1 })),
        ),
      );
      assert.match(
        error.message,
        /^Cannot compute on webgpu as its adapter must be a GPU: it is SwiftShader Device .*, software that is slower than --provider cpu; add --software to use it nevertheless, or choose --provider cpu$/,
      );
      const { info } = yield* Effect.provide(Backend, layer);
      assert.match(
        info.identity.version,
        /^onnxruntime-node \d+\.\d+\.\d+ on SwiftShader Device /,
      );
    }),
);

effectTest(
  "an ONNX model of others gives its outputs to the process",
  () =>
    Effect.scoped(Effect.gen(function* () {
      const graph = yield* buildGraph(() => {
        const [x, w, b] = [
          input("x", [1, 2]),
          input("w", [2, 2]),
          input("b", [2]),
        ];
        return { outputs: { y: relu(add(matmul(x, w), b)) }, state: { w, b } };
      });
      const model = yield* onnxModelOf(graph, {
        w: floatTensor([2, 2], Float32Array.of(1, 2, 3, 4)),
        b: floatTensor([2], Float32Array.of(-10, 0.5)),
      });
      const backend = yield* Backend;
      const { run } = yield* backend.openOnnx(model);
      for (let call = 0; call < 2; call++) {
        const { y } = yield* run({
          x: floatTensor([1, 2], Float32Array.of(1, 2)),
        });
        assert.deepEqual(y!.data, Float32Array.of(0, 10.5));
      }
    })).pipe(Effect.provide(layer)),
);
