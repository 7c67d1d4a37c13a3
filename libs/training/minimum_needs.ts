/**
 * What a run needs at the very least: a bound that its settings give, without
 * a profile of the run.
 *
 * @module
 */
import { sizeOf } from "@deepcluster/core";
import { type Network, parameterShapes } from "@deepcluster/models";
import type { RunConfiguration } from "@deepcluster/runs";

/** Memory and disk that a run needs at its largest. */
export interface PeakNeeds {
  /** Resident memory of the process, in bytes. */
  readonly memoryBytes: number;
  /** Size of the run folder, in bytes. */
  readonly diskBytes: number;
}

/**
 * Bounds from below what a run needs: parameters with their momenta and all
 * reduced features in memory; features and reduced features on disk. A run
 * needs more than that; `estimate` says how much.
 *
 * @param configuration The run's settings.
 * @param images Number of images, `limit` applied, unreadable ones included.
 * @param network The run's network.
 * @returns See {@link PeakNeeds}.
 */
export const minimumNeeds = (
  { maxUnreadableShare, pca }: RunConfiguration,
  images: number,
  network: Network,
): PeakNeeds => {
  const readable = Math.ceil(images * (1 - maxUnreadableShare));
  const { featureSize } = network;
  const components = Math.min(pca, featureSize, Math.max(1, readable - 1));
  const parameters = Object.values(parameterShapes(network))
    .filter(({ role }) => !/^(running|fixed)/.test(role))
    .reduce((count, { shape }) => count + sizeOf(shape), 0);
  return {
    memoryBytes: 4 * (2 * parameters + readable * components),
    diskBytes: 4 * readable * (featureSize + components),
  };
};
