/**
 * The reference executor: the interpreter of the graph as a `Backend`, slow
 * and obviously right. The other executors are tested against it.
 *
 * @module
 */
import { mapRecord, type Tensors } from "@deepcluster/core";
import { type Graph, interpret, validate } from "@deepcluster/graph";
import { Effect, Layer } from "effect";
import { Backend, type BackendInfo } from "./backend.ts";
import { changingStateOf, checkFeeds, stateOf } from "./feeds.ts";
import { refuseOnnx } from "./onnx_model.ts";
import { programOf } from "./program.ts";
import { copied } from "./tensors.ts";

/**
 * Interprets graphs in plain TypeScript, on one thread, in double precision.
 *
 * For tiny sizes only: time is that of nested loops. State is kept in 32 bits.
 *
 * @example Counting runs
 * ```ts
 * import { floatTensor } from "@deepcluster/core";
 * import { Backend, layerReference } from "@deepcluster/gpu-backend";
 * import { add, buildGraph, input } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const program = Effect.gen(function* () {
 *   const current = input("runs", []);
 *   const next = add(current, 1);
 *   const graph = yield* buildGraph(() => ({ outputs: {}, state: { runs: { current, next } } }));
 *   const backend = yield* Backend;
 *   const { run, read } = yield* backend.compile(graph, {
 *     runs: floatTensor([]),
 *   });
 *   yield* run({});
 *   yield* run({});
 *   return yield* read;
 * });
 * const state = await Effect.runPromise(
 *   Effect.scoped(program).pipe(Effect.provide(layerReference)),
 * );
 * assert.equal(state["runs"]?.data[0], 2);
 * ```
 */
export const layerReference: Layer.Layer<Backend> = Layer.succeed(Backend, {
  info: {
    identity: {
      engine: "reference",
      provider: "cpu",
      threads: 1,
      version: "interpret of @deepcluster/graph",
    },
    capabilities: {
      enginePerThread: true,
      deviceMemory: false,
      byteProducts: 0,
      interpreted: true,
      stepsPerScan: 1,
    },
  } satisfies BackendInfo,
  compile: Effect.fn("compile")(function* (graph: Graph, state: Tensors) {
    yield* validate(graph);
    yield* checkFeeds(stateOf(graph), state);
    const changing = changingStateOf(graph);
    let current = mapRecord(state, copied);
    return yield* programOf(graph, {
      run: Effect.fnUntraced(function* (inputs: Tensors) {
        const { outputs, state } = yield* interpret(graph, inputs, current);
        current = state;
        return outputs;
      }),
      read: Effect.sync(() =>
        mapRecord(changing, (_, name) => copied(current[name]!))
      ),
      write: (state) =>
        Effect.sync(() => {
          current = { ...current, ...mapRecord(state, copied) };
        }),
      labels: Effect.sync(() => current),
    });
  }),
  openOnnx: refuseOnnx("reference"),
});
