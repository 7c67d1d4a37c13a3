/**
 * TensorFlow.js as its packages give it: loaded when first needed, one of its
 * backends chosen. No other file loads them.
 *
 * @module
 */
import { Effect } from "effect";
import { createRequire } from "node:module";
import util from "node:util";
import { EngineUnavailableError } from "../errors.ts";
import { loadInstalled, pathOfInstalled } from "../installed.ts";
import { type TfjsProvider, tfjsProviders } from "./providers.ts";
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

/**
 * Loads the library and one of its backends.
 *
 * @param provider Where to compute.
 * @returns The library, or `EngineUnavailableError` when its package is not
 * installed, does not load or does not start.
 */
export const loadLibrary: (
  provider: TfjsProvider,
) => Effect.Effect<TfjsLibrary, EngineUnavailableError> = Effect.fn(
  "loadLibrary",
)(function* (provider) {
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
    loaders[provider],
    (reason) => unavailable(`does not load: ${reason}`),
  );
  const started = yield* Effect.tryPromise({
    try: () => tf.setBackend(backend),
    catch: (cause) => unavailable(`does not start: ${messageOf(cause)}`),
  });
  if (!started) return yield* unavailable("does not start");
  return {
    tf,
    backend,
    activate: () => {
      if (tf.getBackend() !== backend) void tf.setBackend(backend);
    },
    has: (kernel) => tf.getKernel(kernel, backend) !== undefined,
    version: `${library} ${tf.version_core}`,
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

/**
 * A package that brings the core with its addon. It calls two functions that
 * Node 23 and Deno no longer have.
 */
const withAddon = (library: string): Effect.Effect<Tf, string> =>
  Effect.andThen(
    Effect.sync(() => {
      const functions = util as unknown as Record<string, unknown>;
      functions["isNullOrUndefined"] ??= (value: unknown) => value == null;
      functions["isArray"] ??= Array.isArray;
    }),
    loadInstalled(library) as Effect.Effect<Tf, string>,
  );

const loaders: Readonly<Record<TfjsProvider, Effect.Effect<Tf, string>>> = {
  wasm: besideCore(tfjsProviders.wasm.library),
  cpu: withAddon(tfjsProviders.cpu.library),
  cuda: withAddon(tfjsProviders.cuda.library),
};

/**
 * Says what went wrong, in the words of the library.
 *
 * @param cause What was thrown.
 * @returns Its message on one line.
 */
export const messageOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause))
    .trim().replaceAll(/\s+/g, " ");
