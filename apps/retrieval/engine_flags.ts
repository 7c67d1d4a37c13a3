/**
 * Flags of the engine, and what a command that computes needs.
 *
 * @module
 */
import { Assigner } from "@deepcluster/clustering";
import { layerBackend, providerNames } from "@deepcluster/gpu-backend";
import { atLeast, layerProgress, optionalFlag } from "@deepcluster/terminal";
import { Layer, Option } from "effect";
import { Flag } from "effect/cli";

/** Flags of the engine. */
export const engineFlags = {
  threads: optionalFlag(
    atLeast("threads", 1),
    "Threads of one operator; other counts give other bits",
    "all cores",
  ),
  provider: optionalFlag(
    Flag.Literals("provider", providerNames),
    "Where the engine computes",
    "cpu",
  ),
};

/** What {@link engineFlags} parse to. */
export interface EngineValues {
  readonly threads: Option.Option<number>;
  readonly provider: Option.Option<(typeof providerNames)[number]>;
}

/**
 * Provides the engine as it was asked for, k-means' assignment and the display
 * of progress.
 *
 * @param values Values of the flags.
 * @returns The layer, or the engine's errors.
 */
export const services = ({ threads, provider }: EngineValues) =>
  Layer.mergeAll(Assigner.layerBackend, layerProgress()).pipe(
    Layer.provideMerge(layerBackend({
      ...Option.isSome(threads) && { threads: threads.value },
      ...Option.isSome(provider) && { provider: provider.value },
    })),
  );
