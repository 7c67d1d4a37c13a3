/**
 * Trying an engine where nothing can break: in a process of its own.
 *
 * @module
 */
import { Effect } from "effect";
import type { Capabilities, EngineIdentity } from "../backend.ts";
import type { EngineName, ProviderName } from "../engines.ts";
import { ProbeError } from "../errors.ts";
import { answerOf, lastWords, runChild } from "./child_process.ts";

/** An engine that works, as it was seen to. */
export interface EngineProbe extends EngineIdentity {
  /** What it can do. */
  readonly capabilities: Capabilities;
  /** Floating-point operations a second in products of matrices. */
  readonly flops: number;
}

/** What the process of a probe prints. */
export type ProbeAnswer =
  | { readonly probe: EngineProbe }
  | { readonly failure: ConstructorParameters<typeof ProbeError>[0] };

/** An engine to try. */
export interface ProbeOptions {
  /** The engine. */
  readonly engine: EngineName;
  /** Where it is to compute. */
  readonly provider: ProviderName;
  /** Threads of one operator. Default: as of `layerBackend`. */
  readonly threads?: number;
  /** Whether a GPU may be imitated by the processor. Default: false. */
  readonly software?: boolean;
}

/** Tries an engine: {@link probeEngine}, or what a test has in its place. */
export type ProbeEngine = (
  options: ProbeOptions,
) => Effect.Effect<EngineProbe, ProbeError>;

/** A driver may compile its kernels at the first start. */
const longestProbe = "60 seconds";

/**
 * Starts an engine in a child process and measures how fast it is there.
 *
 * Takes one to two seconds; a process that hangs is ended after a minute.
 * Nothing that the engine prints comes through.
 *
 * @param options See {@link ProbeOptions}.
 * @returns What the engine is and can do, or `ProbeError` when it does not
 * start, computes wrongly, ends its process or does not answer.
 */
export const probeEngine: ProbeEngine = Effect.fn("probeEngine")(
  function* (options) {
    const ended = yield* runChild(
      new URL("./probe_child.ts", import.meta.url),
      options,
    );
    const answer = answerOf(ended) as ProbeAnswer | undefined;
    if (answer === undefined) {
      return yield* probeErrorOf(
        options,
        `its process ended with ${lastWords(ended)}`,
      );
    }
    if ("failure" in answer) return yield* new ProbeError(answer.failure);
    return answer.probe;
  },
  (probe, options) =>
    Effect.timeoutOrElse(probe, {
      duration: longestProbe,
      orElse: () =>
        Effect.fail(
          probeErrorOf(options, `it did not answer in ${longestProbe}`),
        ),
    }),
);

const probeErrorOf = (
  { engine, provider }: ProbeOptions,
  found: string,
): ProbeError =>
  new ProbeError({
    reason: `Cannot compute on ${provider} with the engine ${engine} as it ` +
      `must survive a trial: ${found}`,
  });

/** A provider that was tried. */
export interface TriedProvider {
  /** The engine. */
  readonly engine: EngineName;
  /** The provider. */
  readonly provider: ProviderName;
  /** What it is, if it works. */
  readonly works?: EngineProbe;
  /** Why it does not start, if so. */
  readonly fails?: ProbeError;
}

/**
 * Tries providers, one after the other: side by side they would slow each
 * other down.
 *
 * @param options The providers, see {@link ProbeOptions}.
 * @param probe How to try one. Default: {@link probeEngine}.
 * @returns What was found, in the same order.
 */
export const tryProviders = (
  options: readonly ProbeOptions[],
  probe: ProbeEngine = probeEngine,
): Effect.Effect<readonly TriedProvider[]> =>
  Effect.forEach(options, (option) => {
    const { engine, provider } = option;
    return probe(option).pipe(
      Effect.map((works) => ({ engine, provider, works })),
      Effect.catch((fails) => Effect.succeed({ engine, provider, fails })),
    );
  });
