import { topologicalOrder } from "@deepcluster/graph";
import { effectTest } from "@deepcluster/test";
import { Effect } from "effect";
import { operatorCases } from "./conformance_testing.ts";
import { lowerings } from "@deepcluster/onnx-lowering";
import { graphOfCase } from "../testing.ts";
import assert from "node:assert/strict";

effectTest(
  "every operator that an executor must have is in a conformance case",
  () =>
    Effect.gen(function* () {
      const covered = new Set<string>();
      for (const operators of operatorCases) {
        const { graph } = yield* graphOfCase(operators, 0);
        for (const { operator } of topologicalOrder(graph)) {
          covered.add(operator.type);
        }
      }
      covered.delete("input");
      assert.deepEqual([...covered].sort(), Object.keys(lowerings).sort());
    }),
);
