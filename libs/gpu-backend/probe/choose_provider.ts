/**
 * `provider: "auto"`: the fastest provider that works.
 *
 * @module
 */
import { Effect } from "effect";
import { autoProvider, providersOf } from "../engines.ts";
import { type EngineOptionError, NoProviderError } from "../errors.ts";
import {
  type BackendOptions,
  selectBackend,
  type SelectedBackend,
} from "../selection.ts";
import { flopsText } from "./measure.ts";
import {
  type EngineProbe,
  type ProbeEngine,
  probeEngine,
  type TriedProvider,
  tryProviders,
} from "./probe_engine.ts";

/**
 * Fills in what options leave out, and finds the provider that `auto` stands
 * for: the fastest of the engine's that works with the other options, never a GPU that the processor
 * imitates, whatever `software` says. A log line says which was taken and what
 * kept the others.
 *
 * @param options See {@link BackendOptions}.
 * @param probe How to try a provider. Default: `probeEngine`, which takes
 * seconds.
 * @returns What was selected; or `EngineOptionError` naming the first option
 * that has a value it cannot have, or `NoProviderError`.
 */
export const resolveBackend: (
  options: BackendOptions,
  probe?: ProbeEngine,
) => Effect.Effect<SelectedBackend, EngineOptionError | NoProviderError> =
  Effect.fn("resolveBackend")(function* (options, probe = probeEngine) {
    if (options.provider !== autoProvider) return yield* selectBackend(options);
    const candidates = yield* candidatesOf(options);
    const { engine } = candidates[0]!;
    const tried = yield* tryProviders(
      candidates.map(({ provider, threads }) => ({
        engine,
        provider,
        threads,
      })),
      probe,
    );
    const best = fastest(tried);
    if (best === undefined) {
      return yield* new NoProviderError({
        engine,
        reasons: tried.map(({ fails }) => fails!.message),
      });
    }
    yield* Effect.logInfo(choiceText(best, tried));
    return candidates.find(({ provider }) => provider === best.provider)!;
  });

/** The engine's providers that the other options fit, each with its threads. */
const candidatesOf = Effect.fnUntraced(function* (
  { provider: _, ...options }: BackendOptions,
) {
  const { engine } = yield* selectBackend({
    ...options.engine !== undefined && { engine: options.engine },
  });
  const [candidates, misfits] = yield* Effect.partition(
    providersOf(engine),
    (provider) => selectBackend({ ...options, provider }),
  );
  return candidates.length > 0 ? candidates : yield* misfits.at(-1)!;
});

const fastest = (
  tried: readonly TriedProvider[],
): EngineProbe | undefined =>
  tried.flatMap(({ works }) => works ?? [])
    .reduce<EngineProbe | undefined>(
      (best, probe) => best && best.flops >= probe.flops ? best : probe,
      undefined,
    );

const choiceText = (
  { engine, flops, provider, version }: EngineProbe,
  tried: readonly TriedProvider[],
): string => {
  const others = tried.filter((other) => other.provider !== provider);
  const slower = others.flatMap(({ provider, works }) =>
    works ? [`${provider} has ${flopsText(works.flops)}`] : []
  );
  const failed = others.flatMap(({ provider, fails }) =>
    fails ? [provider] : []
  );
  return [
    `Provider auto takes ${provider} of ${engine}: ${version}, ` +
    flopsText(flops),
    ...slower,
    ...failed.length === 0
      ? []
      : [`${failed.join(" and ")} cannot be used: doctor says why`],
  ].join("; ");
};
