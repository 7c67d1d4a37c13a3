/**
 * Which engine computes: the rules of its options, and their defaults.
 *
 * @module
 */
import { Effect, type Layer } from "effect";
import { availableParallelism } from "node:os";
import type { Backend } from "./backend.ts";
import type { Engine } from "./engine.ts";
import {
  type EngineName,
  engineNames,
  engines,
  type ProviderName,
  providersOf,
} from "./engines.ts";
import {
  EngineOptionError,
  type EngineUnavailableError,
  type ProviderMissingError,
} from "./errors.ts";

/** Which engine to use. */
export interface BackendOptions {
  /** A name in {@link engines}. Default: the first, `onnx`. */
  readonly engine?: string;
  /**
   * One of the engine's providers, or `auto`: the fastest that works, which is
   * found by trying all of them for some seconds, and may be another one the
   * next time. Default: the engine's first, `cpu` of `onnx`.
   */
  readonly provider?: string;
  /**
   * Threads of one operator. Default: as many as there are cores, where the
   * engine has several. Other counts give other bits: a run that is to be
   * repeated states its own.
   */
  readonly threads?: number;
  /** Path that the engine's files of timings begin with. Default: none. */
  readonly profile?: string;
  /**
   * Whether a GPU may be imitated by the processor; `auto` never takes such a
   * one. Default: false.
   */
  readonly software?: boolean;
}

/** Options that have passed their rules, defaults filled in. */
export interface SelectedBackend {
  /** The engine. */
  readonly engine: EngineName;
  /** Where it computes. */
  readonly provider: ProviderName;
  /** Threads of one operator. */
  readonly threads: number;
  /** Path that the engine's file of timings begins with. */
  readonly profile?: string;
  /** Whether a GPU may be imitated by the processor. */
  readonly software?: boolean;
}

/**
 * Fills in what options leave out, without loading any engine.
 *
 * @param options See {@link BackendOptions}; `resolveBackend` takes `auto`.
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
export const selectBackend: (
  options: BackendOptions,
) => Effect.Effect<SelectedBackend, EngineOptionError> = Effect.fn(
  "selectBackend",
)(function* (options) {
  const engine = yield* engineOf(options);
  const provider = yield* providerOf(engine, options);
  const { maxThreads = mostThreads } = (engines[engine] as Engine)
    .providers[provider]!;
  const threads = options.threads ??
    Math.min(maxThreads, availableParallelism());
  if (!Number.isInteger(threads) || threads < 1 || threads > maxThreads) {
    return yield* new EngineOptionError({
      engine,
      option: "threads",
      rule: maxThreads === 1
        ? `1 on ${provider}`
        : `an integer from 1 to ${maxThreads}`,
      value: `${threads}`,
    });
  }
  const { profile, software } = options;
  return {
    engine,
    provider,
    threads,
    ...profile !== undefined && { profile },
    ...software !== undefined && { software },
  };
});

/**
 * Opens the engine that was selected.
 *
 * @param selected See {@link SelectedBackend}.
 * @returns The layer, which fails with `EngineUnavailableError` when the
 * library cannot be loaded, or with `ProviderMissingError` when the provider
 * cannot be used.
 */
export const layerSelected = (
  { engine, ...settings }: SelectedBackend,
): Layer.Layer<Backend, EngineUnavailableError | ProviderMissingError> => {
  const selected: Engine = engines[engine];
  return selected.layer(settings);
};

/** More threads than any machine has cores are a mistake. */
const mostThreads = 1024;

const engineOf = (
  { engine: value = engineNames[0]! }: BackendOptions,
): Effect.Effect<EngineName, EngineOptionError> =>
  Effect.fromNullishOr(engineNames.find((name) => name === value)).pipe(
    Effect.mapError(() =>
      new EngineOptionError({
        option: "engine",
        rule: ruleOf(engineNames),
        value,
      })
    ),
  );

const providerOf = (
  engine: EngineName,
  { provider: value = providersOf(engine)[0]! }: BackendOptions,
): Effect.Effect<ProviderName, EngineOptionError> =>
  Effect.fromNullishOr(
    providersOf(engine).find((name) => name === value),
  ).pipe(
    Effect.mapError(() =>
      new EngineOptionError({
        engine,
        option: "provider",
        rule: ruleOf(providersOf(engine)),
        value,
        others: engineNames.filter((other) =>
          providersOf(other).some((name) => name === value)
        ),
      })
    ),
  );

const ruleOf = (allowed: readonly string[]): string =>
  allowed.length === 1 ? allowed[0]! : `one of ${allowed.join(", ")}`;
