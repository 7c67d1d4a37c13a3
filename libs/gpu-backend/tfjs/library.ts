/**
 * TensorFlow.js as its packages give it: loaded when first needed, one of its
 * backends chosen. No other file loads them.
 *
 * @module
 */
import { Effect } from "effect";
import { createRequire } from "node:module";
import {
  EngineUnavailableError,
  type ProviderMissingError,
} from "../errors.ts";
import { pathOfInstalled } from "../installed.ts";
import { type TfjsProvider, tfjsProviders } from "./providers.ts";
import { loadTensorFlow, tensorFlowVersionOf } from "./tensorflow.ts";
import type { Tf } from "./tfjs_types.ts";

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
    const tf = yield* Effect.mapError(
      load(settings),
      (reason) => typeof reason === "string" ? unavailable(reason) : reason,
    );
    const started = yield* Effect.tryPromise({
      try: () => tf.setBackend(backend),
      catch: (cause) => unavailable(`does not start: ${messageOf(cause)}`),
    });
    if (!started) return yield* unavailable("does not start");
    const packageVersion = `${library} ${tf.version_core}`;
    return {
      tf,
      backend,
      activate: () => {
        if (tf.getBackend() !== backend) void tf.setBackend(backend);
      },
      has: (kernel) => tf.getKernel(kernel, backend) !== undefined,
      version: provider === "wasm"
        ? packageVersion
        : `${packageVersion}, ${yield* tensorFlowVersionOf(tf, provider)}`,
    };
  });

/** The package of the library itself, which every backend registers in. */
const core = "@tensorflow/tfjs-core";

/**
 * A backend that registers in the core beside it: the core is the one that the
 * backend itself finds, since two copies in one process disturb each other.
 */
const besideCore = (library: string): Effect.Effect<Tf, string> =>
  Effect.flatMap(pathOfInstalled(library), (path) =>
    Effect.try({
      try: () => {
        const require = createRequire(path);
        require(path);
        return require(core) as Tf;
      },
      catch: messageOf,
    }));

const load = (
  { provider, threads }: TfjsSettings,
): Effect.Effect<Tf, string | ProviderMissingError> =>
  provider === "wasm"
    ? Effect.mapError(
      besideCore(tfjsProviders.wasm.library),
      (reason) => `does not load: ${reason}`,
    )
    : loadTensorFlow({ provider, threads });

/**
 * Says what went wrong, in the words of the library.
 *
 * @param cause What was thrown.
 * @returns Its message on one line.
 */
export const messageOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause))
    .trim().replaceAll(/\s+/g, " ");
