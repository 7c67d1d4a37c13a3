/**
 * Which engine computes: from the options of a run to a `Backend`.
 *
 * @module
 */
import { Effect, Layer } from "effect";
import { availableParallelism } from "node:os";
import type { Backend } from "./backend.ts";
import { EngineOptionError, type SelectionError } from "./errors.ts";
import { layerOnnx } from "./onnx/executor.ts";
import { layerReference } from "./reference.ts";

/** Engines that there are. */
export const engines = ["onnx", "reference"] as const;

/** Providers of the engine `onnx`. The engine `reference` has `cpu` only. */
export const providers = ["cpu", "webgpu", "cuda"] as const;

/** Which engine to use; all may be left out. */
export interface BackendOptions {
  /** One of {@link engines}; `onnx` when absent. */
  readonly engine?: string;
  /** One of {@link providers}; `cpu` when absent. */
  readonly provider?: string;
  /**
   * Threads of one operator; as many as there are cores when absent. Other
   * counts give other bits: a run that is to be repeated states its own.
   */
  readonly threads?: number;
  /** Path that the engine's file of timings begins with; none when absent. */
  readonly profile?: string;
}

/** Options that have passed their rules, defaults filled in. */
export interface SelectedBackend {
  /** The engine. */
  readonly engine: (typeof engines)[number];
  /** Where it computes. */
  readonly provider: (typeof providers)[number];
  /** Threads of one operator. */
  readonly threads: number;
  /** Path that the engine's file of timings begins with. */
  readonly profile?: string;
}

/**
 * Fills in what options leave out, without loading any engine.
 *
 * @param options See {@link BackendOptions}.
 * @returns What was selected, or `EngineOptionError` naming the first option
 * that has a value it cannot have.
 *
 * @example All cores of the CPU
 * ```ts
 * import { selectBackend } from "@deepcluster/gpu-backend";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 * import { availableParallelism } from "node:os";
 *
 * assert.deepEqual(Effect.runSync(selectBackend({})), {
 *   engine: "onnx",
 *   provider: "cpu",
 *   threads: availableParallelism(),
 * });
 * ```
 */
export const selectBackend = Effect.fn("selectBackend")(function* (
  options: BackendOptions,
): Effect.fn.Return<SelectedBackend, EngineOptionError> {
  const engine = yield* oneOf("engine", engines, options.engine ?? "onnx");
  const provider = yield* oneOf(
    "provider",
    engine === "reference" ? ["cpu"] as const : providers,
    options.provider ?? "cpu",
  );
  const threads = options.threads ??
    (engine === "reference" ? 1 : availableParallelism());
  const most = engine === "reference" ? 1 : mostThreads;
  if (!Number.isInteger(threads) || threads < 1 || threads > most) {
    return yield* new EngineOptionError({
      option: "threads",
      rule: most === 1 ? "1" : `an integer from 1 to ${most}`,
      value: `${threads}`,
    });
  }
  const { profile } = options;
  return {
    engine,
    provider,
    threads,
    ...profile === undefined ? {} : { profile },
  };
});

/**
 * The `Backend` that options ask for. Its library is loaded when the layer is
 * built, not before.
 *
 * @param options See {@link BackendOptions}.
 * @returns The layer, which fails with `EngineOptionError` when an option has
 * a value it cannot have, with `EngineUnavailableError` when the library
 * cannot be loaded, or with `ProviderMissingError` when the provider cannot be
 * used.
 */
export const layerBackend = (
  options: BackendOptions = {},
): Layer.Layer<Backend, SelectionError> =>
  Layer.unwrap(
    Effect.map(
      selectBackend(options),
      ({ engine, ...settings }) =>
        engine === "reference" ? layerReference : layerOnnx(settings),
    ),
  );

/** More threads than any machine has cores are a mistake. */
const mostThreads = 1024;

const oneOf = <A extends string>(
  option: string,
  allowed: readonly A[],
  value: string,
): Effect.Effect<A, EngineOptionError> => {
  const found = allowed.find((name) => name === value);
  return found === undefined
    ? Effect.fail(
      new EngineOptionError({
        option,
        rule: allowed.length === 1
          ? allowed[0]!
          : `one of ${allowed.join(", ")}`,
        value,
      }),
    )
    : Effect.succeed(found);
};
