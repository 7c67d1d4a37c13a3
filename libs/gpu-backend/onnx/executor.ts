/**
 * The ONNX executor: a graph as one model, run by ONNX Runtime.
 *
 * @module
 */
import type { Tensors } from "@deepcluster/core";
import { type Graph, validate } from "@deepcluster/graph";
import { Clock, Effect, Layer, type Scope, Semaphore } from "effect";
import type { InferenceSession } from "onnxruntime-node";
import { Backend, type BackendInfo, type Program } from "../backend.ts";
import type {
  BackendError,
  EngineUnavailableError,
  ProviderMissingError,
} from "../errors.ts";
import {
  changingStateOf,
  checkFeeds,
  checkLabels,
  checkSomeFeeds,
  givenLabels,
  stateOf,
} from "../feeds.ts";
import { allocate, type Buffers, copied } from "./buffers.ts";
import { channelBlock } from "./channel_block.ts";
import { encode } from "./encode.ts";
import { failureOf } from "./failures.ts";
import { lower } from "./lower.ts";
import {
  checkProvider,
  loadRuntime,
  messageOf,
  type OnnxRuntime,
  openSession,
  type SessionSettings,
} from "./runtime.ts";

/**
 * Runs graphs in ONNX Runtime.
 *
 * Results are bitwise repeatable for one machine, provider and number of
 * threads. A run blocks the JavaScript thread; before each, the event loop
 * turns once, so that timers and finished image decoding get through, and ten
 * times a second it rests (`giveWay`), so that signals do. State takes its size twice: what is read and what is written.
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
 * import { graphOf, input, matmul } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const program = Effect.gen(function* () {
 *   const a = yield* input("a", [1, 2]);
 *   const b = yield* input("b", [2, 1]);
 *   const graph = yield* graphOf({ y: yield* matmul(a, b) }, { b });
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
      const info: BackendInfo = {
        engine: "onnx",
        provider: settings.provider,
        threads: settings.threads,
        version: `onnxruntime-node ${runtime.env.versions.node}`,
      };
      const block = yield* channelBlock(runtime, settings);
      return { info, compile: compileWith(runtime, settings, block) };
    }),
  );

const compileWith = (
  runtime: OnnxRuntime,
  settings: SessionSettings,
  block: number | undefined,
) =>
  Effect.fn("compile")(function* (
    graph: Graph,
    state: Tensors,
  ): Effect.fn.Return<Program, BackendError, Scope.Scope> {
    yield* validate(graph);
    yield* checkFeeds(stateOf(graph), state);
    const lowered = lower(graph, state, block);
    const model = yield* encode(lowered.model, { external: true, marker });
    const failed = (reason: string) => failureOf("compile", graph, reason);
    const session = yield* openSession(runtime, model, settings).pipe(
      Effect.mapError(failed),
    );
    const buffers = yield* Effect.try({
      try: () => allocate(runtime, graph, lowered, state),
      catch: (cause) => failed(messageOf(cause)),
    });
    const turn = yield* Semaphore.make(1);
    return programOf(graph, session, buffers, turn, giveWay());
  });

/**
 * Two rests of a millisecond, if the last were a tenth of a second ago: Deno
 * hears of a signal only when its event loop has waited, and then turned.
 */
const giveWay = (): Effect.Effect<void> => {
  let restedMs = 0;
  return Effect.gen(function* () {
    if ((yield* Clock.currentTimeMillis) - restedMs < 100) return;
    yield* Effect.sleep(1);
    yield* Effect.sleep(1);
    restedMs = yield* Clock.currentTimeMillis;
  });
};

const programOf = (
  graph: Graph,
  session: InferenceSession,
  buffers: Buffers,
  turn: Semaphore.Semaphore,
  rest: Effect.Effect<void>,
): Program => {
  const changing = changingStateOf(graph);
  const labels = givenLabels(graph);
  return {
    run: Effect.fnUntraced(function* (inputs: Tensors) {
      yield* checkFeeds(graph.inputs, inputs);
      yield* checkLabels(labels, { ...buffers.state(), ...inputs });
      yield* rest;
      yield* step(session, buffers, inputs).pipe(
        Effect.mapError((reason) => failureOf("run", graph, reason)),
      );
      return buffers.outputs;
    }, turn.withPermit),
    read: Effect.sync(() =>
      Object.fromEntries(
        Object.entries(buffers.state())
          .map(([name, tensor]) => [name, copied(tensor)]),
      )
    ).pipe(turn.withPermit),
    write: Effect.fnUntraced(function* (state: Tensors) {
      yield* checkSomeFeeds(changing, state);
      const current = buffers.state();
      for (const [name, { data }] of Object.entries(state)) {
        current[name]!.data.set(data);
      }
    }, turn.withPermit),
  };
};

/**
 * Runs the session and lets the state move on, or fails with what the library
 * says. Not to be interrupted: the library could not stop, and would write to
 * buffers that the next run reads.
 */
const step = (
  session: InferenceSession,
  buffers: Buffers,
  inputs: Tensors,
): Effect.Effect<void, string> =>
  Effect.tryPromise({
    try: () =>
      session.run(buffers.feeds(inputs), {
        [marker]: null,
        ...buffers.fetches(),
      }),
    catch: messageOf,
  }).pipe(
    Effect.catch((reason) =>
      reason === refusesSequence ? Effect.void : Effect.fail(reason)
    ),
    Effect.andThen(Effect.sync(buffers.swap)),
    Effect.uninterruptible,
  );

/**
 * The first output of every model, a sequence.
 *
 * After a run that wrote all results into the tensors it was given, the
 * library (1.30.0) copies each of them into a new array nobody asked for: for
 * AlexNet's parameters and momenta 490 MB a step, 0.4 s and as much garbage.
 * It makes these copies in the order of the outputs, and cannot make one of a
 * sequence: with a sequence first it stops there. The run itself is over by
 * then, and no failure of a run says {@link refusesSequence}.
 */
const marker = "%finished";
const refusesSequence = "Non tensor type is temporarily not supported.";
