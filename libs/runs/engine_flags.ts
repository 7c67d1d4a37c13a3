/**
 * Flags of every command that computes.
 *
 * @module
 */
import type { BackendOptions, SelectedBackend } from "@deepcluster/gpu-backend";
import {
  autoProvider,
  type EngineName,
  engineNames,
  type ProviderName,
  providerNames,
} from "@deepcluster/gpu-backend/engines";
import {
  atLeast,
  flagWithDefault,
  optionalFlag,
  presentOnly,
  switchFlag,
} from "@deepcluster/terminal";
import { Option } from "effect";
import { Flag } from "effect/cli";
import { settings } from "./settings.ts";

/**
 * Whether a GPU may be one that the processor imitates. It is no setting of a
 * run: whoever resumes it allows this again.
 */
export const softwareFlag: Flag.Flag<boolean> = flagWithDefault(
  switchFlag("software"),
  false,
  "Allow a GPU that the processor imitates. It is slower than --provider cpu: " +
    "for trying whether something runs on a GPU at all",
);

/** What {@link engineFlags} parse to. */
export interface EngineValues {
  /** Of `--engine`. */
  readonly engine: Option.Option<EngineName>;
  /** Of `--provider`. */
  readonly provider: Option.Option<ProviderName | typeof autoProvider>;
  /** Of `--threads`. */
  readonly threads: Option.Option<number>;
  /** Of `--software`. */
  readonly software: boolean;
}

/** Which engine computes, and where. */
export const engineFlags: {
  readonly [F in keyof EngineValues]: Flag.Flag<EngineValues[F]>;
} = {
  engine: optionalFlag(
    Flag.Literals("engine", engineNames),
    settings.engine.help,
    engineNames[0],
  ),
  provider: optionalFlag(
    Flag.Literals("provider", [...providerNames, autoProvider]),
    settings.provider.help,
    settings.provider.defaultHelp,
  ),
  threads: optionalFlag(
    atLeast("threads", 1),
    settings.threads.help,
    "all cores",
  ),
  software: softwareFlag,
};

/**
 * Reads what was typed.
 *
 * @param values Values of {@link engineFlags}, among others.
 * @returns What `layerBackend` is to be given.
 */
export const typedEngine = (
  { engine, provider, threads, software }: EngineValues,
): BackendOptions => ({
  ...presentOnly({ engine, provider, threads }),
  software,
});

/**
 * Continues with the engine that something was made with, where no other is
 * typed: another would give other bits. `--provider auto` tries nothing then.
 *
 * @param values Values of {@link engineFlags}, among others.
 * @param earlier The engine of what is continued; nothing where it is new.
 * @returns The values, with the earlier ones for those that are not typed.
 */
export const continuedEngine = (
  { engine, provider, threads, software }: EngineValues,
  earlier: SelectedBackend | undefined,
): EngineValues => {
  const typed = { engine, provider, threads, software };
  const isOther = Option.exists(engine, (name) => name !== earlier?.engine);
  if (earlier === undefined || isOther) return typed;
  const other = Option.filter(provider, (name) => name !== autoProvider);
  return {
    engine: Option.some(earlier.engine),
    provider: Option.orElse(other, () => Option.some(earlier.provider)),
    threads: Option.orElse(threads, () => Option.some(earlier.threads)),
    software,
  };
};
