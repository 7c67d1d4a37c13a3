import {
  argMax,
  buildGraph,
  input,
  maxPool,
  maxPoolGradient,
} from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { operatorCases } from "../../conformance/conformance_testing.ts";
import { graphOfCase } from "../../testing.ts";
import { lower } from "@deepcluster/onnx-lowering";
import { nodesOnCpu } from "./operators.ts";
import { gpuPlacement } from "./placement.ts";
import assert from "node:assert/strict";

effectTest(
  "no node of any conformance case would be computed on the CPU",
  () =>
    Effect.gen(function* () {
      for (const operators of operatorCases) {
        for (let seed = 0; seed < operators.seeds; seed++) {
          const { graph } = yield* graphOfCase(operators, seed);
          assert.deepEqual(gpuPlacement(graph).onCpu, [], operators.name);
        }
      }
    }),
);

effectTest(
  "what is lowered for the CPU is seen to need it",
  () =>
    Effect.gen(function* () {
      const x = input("x", [1, 1, 6, 6]);
      const graph = yield* buildGraph(() => ({
        outputs: {
          largest: argMax(x),
          gradient: maxPoolGradient(x, maxPool(x, { kernel: 3 }), {
            kernel: 3,
          }),
        },
      }));
      const { model } = lower(graph, {});
      const onCpu = nodesOnCpu(model).join("; ");
      assert.match(onCpu, /argMax\/Cast of int64/);
      assert.match(onCpu, /maxPool\/Scan of float32/);
      assert.match(onCpu, /maxPoolGradient\/Scan of float32/);
    }),
);
