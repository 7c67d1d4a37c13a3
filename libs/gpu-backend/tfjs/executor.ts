/**
 * The TensorFlow.js executor: a graph walked operator by operator.
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
import type { EngineSettings } from "../engine.ts";
import type {
  BackendError,
  EngineUnavailableError,
  ProviderMissingError,
} from "../errors.ts";
import { failureOf, messageOf } from "../failures.ts";
import { checkFeeds, stateOf } from "../feeds.ts";
import { refuseOnnx } from "../onnx_model.ts";
import { programOf } from "../program.ts";
import { executionOf, type Resident } from "./execution.ts";
import type { TfjsEngine } from "./kernel.ts";
import { loadLibrary, type TfjsLibrary } from "./library.ts";
import { hasExactMaxPoolGradient } from "./exact_gradient.ts";
import { type TfjsProvider, tfjsProviders } from "./providers.ts";
import { disposeAll, upload } from "./tensors.ts";

/**
 * Runs graphs in TensorFlow.js.
 *
 * Results are bitwise repeatable for one machine and provider. State stays
 * where the provider computes, twice at the end of a run; inputs and outputs
 * cross at every run, which blocks the JavaScript thread. Before each run the
 * event loop turns, as `giveWay` says. Of a maximum among numbers and NaN,
 * providers make what they like.
 *
 * @param settings Where to compute.
 * @returns The layer, which fails with `EngineUnavailableError` when the
 * package of the provider is not installed, does not load or does not start,
 * or with `ProviderMissingError` when there is no GPU to compute on, or
 * TensorFlow is open in this process with other settings.
 */
export const layerTfjs = (
  settings: EngineSettings<TfjsProvider>,
): Layer.Layer<Backend, EngineUnavailableError | ProviderMissingError> =>
  layerLibrary(settings, loadLibrary(settings));

/**
 * Runs graphs in TensorFlow.js as something loads it.
 *
 * @param settings Where to compute.
 * @param load Loads the library.
 * @returns The layer, which fails as the loading does.
 */
export const layerLibrary = <E>(
  { provider, threads }: EngineSettings<TfjsProvider>,
  load: Effect.Effect<TfjsLibrary, E>,
): Layer.Layer<Backend, E> =>
  Layer.effect(
    Backend,
    Effect.gen(function* () {
      const library = yield* load;
      const info: BackendInfo = {
        identity: {
          engine: "tfjs",
          provider,
          threads,
          version: library.version,
        },
        capabilities: tfjsProviders[provider].capabilities,
      };
      const exactMaxPoolGradient = yield* hasExactMaxPoolGradient(library);
      return {
        info,
        compile: compileWith({ ...library, exactMaxPoolGradient }),
        openOnnx: refuseOnnx("tfjs"),
      };
    }),
  );

const compileWith = (engine: TfjsEngine) =>
  Effect.fn("compile")(function* (
    graph: Graph,
    tensors: Tensors,
    { donateState }: CompileOptions = {},
  ): Effect.fn.Return<Program, BackendError, Scope.Scope> {
    yield* validate(graph);
    yield* checkFeeds(stateOf(graph), tensors);
    const resident = yield* Effect.acquireRelease(
      Effect.try({
        try: (): Resident => {
          engine.activate();
          return { state: new Map(upload(engine.tf, tensors, donateState)) };
        },
        catch: (cause) => failureOf("compile", graph, messageOf(cause)),
      }),
      (resident) =>
        Effect.sync(() => {
          disposeAll(resident.state!.values());
          resident.state = undefined;
        }),
    );
    return yield* programOf(graph, executionOf(engine, graph, resident));
  });
