/**
 * A plain executor of lowered graphs, for tests of the lowering alone: state
 * crosses to the library at every run.
 *
 * @module
 */
import type { Tensor, Tensors } from "@deepcluster/core";
import { type Graph, validate } from "@deepcluster/graph";
import { Effect, Layer } from "effect";
import type { Tensor as OnnxTensor } from "onnxruntime-node";
import { Backend } from "../../backend.ts";
import { OnnxModelError } from "../../errors.ts";
import { failureOf, messageOf } from "../../failures.ts";
import { checkFeeds, stateOf } from "../../feeds.ts";
import { programOf } from "../../program.ts";
import { encode } from "../encode.ts";
import { lower } from "../lower.ts";
import {
  loadRuntime,
  type OnnxRuntime,
  openSession,
  type SessionSettings,
} from "../runtime.ts";

/**
 * Runs graphs as a GPU would be given them.
 *
 * @param settings Where to compute; the operators exist on the CPU as well.
 * @returns The layer.
 */
export const layerLoweredForGpu = (settings: SessionSettings) =>
  Layer.effect(
    Backend,
    Effect.map(loadRuntime, (runtime) => ({
      info: {
        identity: {
          engine: "onnx",
          provider: settings.provider,
          threads: settings.threads,
          version: "lowered for a GPU",
        },
        capabilities: {
          enginePerThread: false,
          deviceMemory: false,
          byteProducts: false,
          interpreted: false,
          stepsPerScan: 1,
        },
      },
      compile: compileWith(runtime, settings),
      openOnnx: () =>
        Effect.fail(
          new OnnxModelError({
            problem: "engine",
            model: "",
            rule: "not be opened",
            value: "",
          }),
        ),
    })),
  );

const compileWith = (runtime: OnnxRuntime, settings: SessionSettings) =>
  Effect.fnUntraced(function* (graph: Graph, initial: Tensors) {
    yield* validate(graph);
    yield* checkFeeds(stateOf(graph), initial);
    const { model, inputs, outputs, next } = lower(graph, initial, {
      onGpu: true,
    });
    const session = yield* openSession(
      runtime,
      yield* encode(model, { external: false }),
      settings,
    ).pipe(Effect.mapError((reason) => failureOf("compile", graph, reason)));
    let state: Tensors = structuredClone(
      Object.fromEntries(
        [...next.keys()].map((name) => [name, initial[name]!]),
      ),
    );
    const run = Effect.fnUntraced(function* (fed: Tensors) {
      const feeds = Object.entries({ ...fed, ...state }).map((
        [name, { dtype, shape, data }],
      ) => [inputs.get(name)!, new runtime.Tensor(dtype, data.slice(), shape)]);
      const results = yield* Effect.tryPromise({
        try: () => session.run(Object.fromEntries(feeds)),
        catch: (cause) => failureOf("run", graph, messageOf(cause)),
      });
      const named = (names: ReadonlyMap<string, string>): Tensors =>
        Object.fromEntries(
          [...names].map(([name, port]) => [name, oursOf(results[port]!)]),
        );
      state = named(next);
      return named(outputs);
    });
    return yield* programOf(graph, {
      run,
      read: Effect.sync(() => structuredClone(state)),
      write: (some) =>
        Effect.sync(() => {
          state = { ...state, ...structuredClone(some) };
        }),
      labels: Effect.sync(() => state),
    });
  });

const oursOf = ({ type, dims, data }: OnnxTensor): Tensor =>
  ({ dtype: type, shape: [...dims], data }) as unknown as Tensor;
