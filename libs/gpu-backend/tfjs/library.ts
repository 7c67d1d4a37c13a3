/**
 * TensorFlow.js as its packages give it: loaded when first needed, one of its
 * backends chosen. No other file loads them.
 *
 * @module
 */
import { Effect } from "effect";
import {
  EngineUnavailableError,
  type ProviderMissingError,
} from "../errors.ts";
import { messageOf } from "../failures.ts";
import { pathOfInstalled } from "../installed.ts";
import { loadBesideCore } from "./beside_core.ts";
import { type TfjsProvider, tfjsProviders } from "./providers.ts";
import { loadTensorFlow, tensorFlowVersionOf } from "./tensorflow.ts";
import type { Tf } from "./tfjs_types.ts";
import { guardMemory } from "./wasm_memory.ts";
import { loadWebGpu } from "./webgpu.ts";

/** The library with a backend that works. */
export interface TfjsLibrary {
  /** The library. */
  readonly tf: Tf;
  /** Name of the backend inside the library. */
  readonly backend: string;
  /** Makes the backend the one that computes; the library has one at a time. */
  readonly activate: () => void;
  /** Whether the backend has a kernel of this name. */
  readonly has: (kernel: string) => boolean;
  /** Package and version. */
  readonly version: string;
}

/** Where the library computes. */
export interface TfjsSettings {
  /** Which backend. */
  readonly provider: TfjsProvider;
  /** Threads of one operator. */
  readonly threads: number;
  /** Whether an adapter of WebGPU may be software. Default: false. */
  readonly software?: boolean;
}

/**
 * Loads the library and one of its backends.
 *
 * @param settings See {@link TfjsSettings}.
 * @returns The library; or `EngineUnavailableError` when its package is not
 * installed, does not load or does not start; or `ProviderMissingError` when
 * it does not compute where it is to.
 */
export const loadLibrary: (
  settings: TfjsSettings,
) => Effect.Effect<TfjsLibrary, EngineUnavailableError | ProviderMissingError> =
  Effect.fn("loadLibrary")(function* (settings) {
    const { provider } = settings;
    const { library, backend, installs } = tfjsProviders[provider];
    const unavailable = (reason: string) =>
      new EngineUnavailableError({
        engine: "tfjs",
        library,
        reason,
        remedy: `run deno task engine:install ${installs} (docs/engines.md), ` +
          "or choose --engine onnx",
      });
    yield* Effect.mapError(
      pathOfInstalled(library),
      () => unavailable("is not installed"),
    );
    const { tf, computer } = yield* Effect.mapError(
      load(settings),
      (reason) => typeof reason === "string" ? unavailable(reason) : reason,
    );
    const started = yield* Effect.tryPromise({
      try: () => tf.setBackend(backend),
      catch: (cause) => unavailable(`does not start: ${messageOf(cause)}`),
    });
    if (!started) return yield* unavailable("does not start");
    if (provider === "wasm") guardMemory(tf);
    return {
      tf,
      backend,
      activate: () => {
        if (tf.getBackend() !== backend) void tf.setBackend(backend);
      },
      has: (kernel) => tf.getKernel(kernel, backend) !== undefined,
      version: `${library} ${tf.version_core}${yield* computer}`,
    };
  });

/** The library, its backend registered but not set yet. */
interface Loaded {
  readonly tf: Tf;
  /** What computes, to be said after the version once the backend is set. */
  readonly computer: Effect.Effect<string, ProviderMissingError>;
}

const load = (
  { provider, threads, software = false }: TfjsSettings,
): Effect.Effect<Loaded, string | ProviderMissingError> => {
  switch (provider) {
    case "wasm":
      return Effect.map(
        loadBesideCore(tfjsProviders.wasm.library),
        ({ tf }) => ({ tf, computer: Effect.succeed("") }),
      );
    case "webgpu":
      return Effect.map(
        loadWebGpu({ software }),
        ({ tf, adapter }) => ({
          tf,
          computer: Effect.succeed(` on ${adapter}`),
        }),
      );
    default:
      return Effect.map(loadTensorFlow({ provider, threads }), (tf) => ({
        tf,
        computer: Effect.map(
          tensorFlowVersionOf(tf, provider),
          (version) => `, ${version}`,
        ),
      }));
  }
};
