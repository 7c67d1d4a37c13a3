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
  CompilationError,
  EngineUnavailableError,
  ExecutionError,
  OutOfMemoryError,
  ProviderMissingError,
} from "../errors.ts";
import { failureOf } from "../failures.ts";
import { checkFeeds, stateOf } from "../feeds.ts";
import { type Execution, giveWay, programOf } from "../program.ts";
import { allocate, type Bindings, type Buffers, copied } from "./buffers.ts";
import { multipliesBytesExactly } from "./byte_products.ts";
import { channelBlock } from "./channel_block.ts";
import { encode } from "./encode.ts";
import { openForeignModel } from "./foreign_model.ts";
import { splitUpdate } from "./in_place.ts";
import { lower, type LowerOptions } from "./lower.ts";
import { onnxLibrary, onnxProviders } from "./providers.ts";
import {
  checkProvider,
  loadRuntime,
  messageOf,
  type OnnxRuntime,
  openSession,
  type SessionSettings,
} from "./runtime.ts";
import { marker, runSession } from "./session.ts";

/**
 * Runs graphs in ONNX Runtime.
 *
 * Results are bitwise repeatable for one machine, provider and number of
 * threads. A run blocks the JavaScript thread; before each, the event loop
 * turns once, so that timers and finished image decoding get through, and ten
 * times a second it rests (`giveWay`), so that signals do. State of 4 MiB and more is written over; other state takes its size twice, what is read and what is written.
 *
 * On `webgpu` and `cuda` inputs, outputs and changing state cross to the host
 * at every run; operators that the provider lacks are computed on the CPU.
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
      yield* checkProvider(runtime, settings);
      const { provider, threads } = settings;
      const block = yield* channelBlock(runtime, settings);
      const byteProducts = yield* multipliesBytesExactly(runtime, settings);
      const info: BackendInfo = {
        identity: {
          engine: "onnx",
          provider,
          threads,
          version: `${onnxLibrary} ${runtime.env.versions.node}`,
        },
        capabilities: { ...onnxProviders[provider].capabilities, byteProducts },
      };
      const engine = {
        block,
        exactBytes: byteProducts,
        onGpu: provider !== "cpu",
      };
      return {
        info,
        compile: compileWith(runtime, settings, engine),
        openOnnx: (model, inner) =>
          openForeignModel(runtime, model, settings, giveWay(), inner),
      };
    }),
  );

const compileWith = (
  runtime: OnnxRuntime,
  settings: SessionSettings,
  engine: LowerOptions,
) => {
  return Effect.fn("compile")(function* (
    graph: Graph,
    state: Tensors,
    options: CompileOptions = {},
  ): Effect.fn.Return<Program, BackendError, Scope.Scope> {
    yield* validate(graph);
    yield* checkFeeds(stateOf(graph), state);
    const split = splitUpdate(graph);
    const pass = yield* open(split?.pass ?? graph, state);
    const update = split && (yield* open(split.update, {}));
    const buffers = yield* Effect.try({
      try: () =>
        allocate(
          runtime,
          graph,
          pass.lowered,
          split && { ...split, lowered: update!.lowered },
          state,
          options,
        ),
      catch: (cause) => failureOf("compile", graph, messageOf(cause)),
    });
    return yield* programOf(graph, executionOf({ pass, update }, buffers));
  });

  /** A session of a graph, and how it is run. */
  function open(graph: Graph, state: Tensors) {
    return Effect.gen(function* () {
      const lowered = lower(graph, state, engine);
      const model = yield* encode(lowered.model, { external: true, marker });
      const session = yield* openSession(runtime, model, settings).pipe(
        Effect.mapError((reason) => failureOf("compile", graph, reason)),
      );
      const run = (bindings: Bindings) =>
        runSession(session, bindings).pipe(
          Effect.mapError((reason) => failureOf("run", graph, reason)),
        );
      return { lowered, run };
    });
  }
};

/** Runs a model on bound tensors. */
type Run = (
  bindings: Bindings,
) => Effect.Effect<void, OutOfMemoryError | CompilationError | ExecutionError>;

/** What a program runs at every step, the second where there is one. */
interface Sessions {
  readonly pass: { readonly run: Run };
  readonly update: { readonly run: Run } | undefined;
}

const executionOf = (sessions: Sessions, buffers: Buffers): Execution => {
  const step = stepOf(sessions, buffers);
  return {
    run: (inputs) => Effect.as(step.run(inputs), buffers.outputs),
    read: Effect.andThen(
      step.whole,
      Effect.sync(() =>
        Object.fromEntries(
          Object.entries(buffers.state())
            .map(([name, tensor]) => [name, copied(tensor)]),
        )
      ),
    ),
    write: Effect.fnUntraced(function* (state: Tensors) {
      yield* step.whole;
      const current = buffers.state();
      for (const [name, { data }] of Object.entries(state)) {
        current[name]!.data.set(data);
      }
    }),
    labels: Effect.sync(() => buffers.state()),
  };
};

/**
 * One step: the pass, then the update, then the sets of state change places.
 *
 * An update that fails, for want of memory, leaves state that is neither old
 * nor new: from then on `whole` fails as it did. Not to be interrupted: the
 * library could not stop, and would write to buffers that the next run reads.
 */
const stepOf = ({ pass, update }: Sessions, buffers: Buffers) => {
  let whole: ReturnType<Run> = Effect.void;
  const replace = update === undefined ? Effect.void : Effect.tapError(
    update.run(buffers.update!),
    (error) =>
      Effect.sync(() => {
        whole = Effect.fail(error);
      }),
  );
  return {
    whole: Effect.suspend(() => whole),
    run: (inputs: Tensors) =>
      Effect.suspend(() => whole).pipe(
        Effect.andThen(Effect.suspend(() => pass.run(buffers.pass(inputs)))),
        Effect.andThen(replace),
        Effect.andThen(Effect.sync(buffers.swap)),
      ),
  };
};
