/**
 * Opens graphs on WebGPU while the library logs where it places each node: a
 * program that `webgpu_testing.ts` runs to read that log. The name of each
 * graph goes before its log.
 *
 * @module
 */
import type { Graph } from "@deepcluster/graph";
import { encode } from "@deepcluster/onnx-format";
import { Effect } from "effect";
import { operatorCases } from "../../conformance/conformance_testing.ts";
import { network } from "../../conformance/training_testing.ts";
import { graphOfCase } from "../../testing.ts";
import { lower } from "@deepcluster/onnx-lowering";
import { loadRuntime } from "../runtime.ts";

const openLogged = Effect.fnUntraced(function* (name: string, graph: Graph) {
  const runtime = yield* loadRuntime;
  runtime.env.logLevel = "verbose";
  const { model } = lower(graph, {}, { onGpu: true });
  const { bytes } = yield* encode(model, { external: false });
  console.error(`\ngraph ${name}`);
  yield* Effect.promise(async () => {
    const session = await runtime.InferenceSession.create(bytes, {
      executionProviders: ["webgpu"],
      logSeverityLevel: 0,
    });
    await session.release();
  });
});

await Effect.runPromise(Effect.gen(function* () {
  yield* openLogged("a training step", yield* network);
  for (const operators of operatorCases) {
    const { graph } = yield* graphOfCase(operators, 0);
    yield* openLogged(operators.name, graph);
  }
}));
