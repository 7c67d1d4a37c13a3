/**
 * The ONNX executor: a graph as one model, run by ONNX Runtime.
 *
 * @module
 */
import type { Tensors } from "@deepcluster/core";
import { type Graph, validate } from "@deepcluster/graph";
import { Effect, Layer, type Scope } from "effect";
import {
  Backend,
  type BackendInfo,
  type CompileOptions,
  type Program,
} from "../backend.ts";
import type {
  BackendError,
  EngineUnavailableError,
  ProviderMissingError,
} from "../errors.ts";
import { checkFeeds, stateOf } from "../feeds.ts";
import { giveWay, programOf } from "../program.ts";
import { exactByteProducts } from "./byte_products.ts";
import { channelBlock } from "./channel_block.ts";
import { cudaDevice } from "./cuda/device.ts";
import type { MakeExecution, OnnxEngine } from "./execution.ts";
import { openForeignModel } from "./foreign_model.ts";
import { usableAdapter } from "./gpu/adapter.ts";
import { residentExecution } from "./gpu/resident_execution.ts";
import { hostExecution } from "./host_execution.ts";
import { onnxLibrary, type OnnxProvider, onnxProviders } from "./providers.ts";
import { productModels } from "./product_models.ts";
import { checkProvider, loadRuntime, type SessionSettings } from "./runtime.ts";
import { scanExecution } from "./scan_execution.ts";
import { threadPool } from "./threads/thread.ts";
import { compileInThread } from "./threads/thread_program.ts";

/**
 * Runs graphs in ONNX Runtime.
 *
 * Results are bitwise repeatable for one machine, provider and number of
 * threads. A run blocks the JavaScript thread; before each, the event loop
 * turns once, so that timers and finished image decoding get through, and ten
 * times a second it rests (`giveWay`), so that signals do.
 *
 * On `cpu` state of 4 MiB and more is written over; other state takes its size
 * twice, what is read and what is written. On `webgpu` state stays on the GPU,
 * where it takes its size twice; only inputs go there and only outputs come
 * back. On `cuda` inputs, outputs and changing state cross at every run or
 * `scan`, and operators that the provider lacks are computed on the CPU.
 *
 * @param settings Where to compute, with how many threads.
 * @returns The layer, which fails with `EngineUnavailableError` when
 * `onnxruntime-node` cannot be loaded, or with `ProviderMissingError` when the
 * provider cannot be used: there is no fallback.
 *
 * @example A product of matrices
 * ```ts
 * import { floatTensor } from "@deepcluster/core";
 * import { Backend, layerOnnx } from "@deepcluster/gpu-backend";
 * import { buildGraph, input, matmul } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const program = Effect.gen(function* () {
 *   const a = input("a", [1, 2]);
 *   const b = input("b", [2, 1]);
 *   const graph = yield* buildGraph(() => ({ outputs: { y: matmul(a, b) }, state: { b } }));
 *   const backend = yield* Backend;
 *   const { run } = yield* backend.compile(graph, {
 *     b: floatTensor([2, 1], Float32Array.of(3, 4)),
 *   });
 *   return yield* run({ a: floatTensor([1, 2], Float32Array.of(1, 2)) });
 * });
 * const { y } = await Effect.runPromise(
 *   Effect.scoped(program).pipe(
 *     Effect.provide(layerOnnx({ provider: "cpu", threads: 1 })),
 *   ),
 * );
 * assert.equal(y?.data[0], 11);
 * ```
 */
export const layerOnnx = (
  settings: SessionSettings,
): Layer.Layer<Backend, EngineUnavailableError | ProviderMissingError> =>
  Layer.effect(
    Backend,
    Effect.gen(function* () {
      const runtime = yield* loadRuntime;
      const { provider, threads } = settings;
      const device = yield* deviceOf(settings);
      yield* checkProvider(runtime, settings);
      const block = yield* channelBlock(runtime, settings);
      const byteProducts = yield* exactByteProducts(runtime, settings);
      const info: BackendInfo = {
        identity: {
          engine: "onnx",
          provider,
          threads,
          version: `${onnxLibrary} ${runtime.env.versions.node}` +
            (device.name === undefined ? "" : ` on ${device.name}`),
        },
        capabilities: { ...onnxProviders[provider].capabilities, byteProducts },
      };
      const lowering = {
        block,
        byteProducts,
        onGpu: provider !== "cpu",
        winograd: provider === "cpu",
      };
      return {
        info,
        ...byteProducts > 0 && { productModels: yield* productModels },
        compile: compileWith({ runtime, settings, lowering }),
        ...info.capabilities.enginePerThread &&
          { compileInThread: compileInThread(lowering, yield* threadPool) },
        openOnnx: (model, inner) =>
          openForeignModel(runtime, model, settings, giveWay(), inner),
      };
    }),
  );

/** The GPU that a provider will use; the processor has no name here. */
const deviceOf = (
  settings: SessionSettings,
): Effect.Effect<{ readonly name?: string }, ProviderMissingError> => {
  if (settings.provider === "cuda") return cudaDevice;
  return settings.provider === "webgpu"
    ? usableAdapter(settings)
    : Effect.succeed({});
};

/**
 * Makes what compiles graphs.
 *
 * @param engine The library, opened.
 * @param execute How graphs are run. Default: as the provider needs it.
 * @returns See `Backend.compile`.
 */
export const compileWith = (
  engine: OnnxEngine,
  execute: MakeExecution = executions[engine.settings.provider],
): Backend["Service"]["compile"] =>
  Effect.fn("compile")(function* (
    graph: Graph,
    state: Tensors,
    options: CompileOptions = {},
  ): Effect.fn.Return<Program, BackendError, Scope.Scope> {
    yield* validate(graph);
    yield* checkFeeds(stateOf(graph), state);
    return yield* programOf(
      graph,
      yield* execute(engine, graph, state, options),
    );
  });

/** How each provider runs a graph. */
const executions: Readonly<Record<OnnxProvider, MakeExecution>> = {
  cpu: hostExecution,
  webgpu: residentExecution,
  cuda: scanExecution,
};
