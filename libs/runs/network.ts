/**
 * The network that a run's settings ask for.
 *
 * @module
 */
import {
  architectures,
  type Network,
  type NetworkError,
} from "@deepcluster/models";
import type { Effect } from "effect";
import type { RunConfiguration } from "./configuration.ts";

/**
 * Builds the network of a run.
 *
 * @param configuration The run's settings.
 * @returns The network without its head, or the error of the network when the
 * size does not fit.
 */
export const networkOf = (
  { model, sobel, size, dropout }: RunConfiguration,
): Effect.Effect<Network, NetworkError> =>
  architectures[model]({ sobel, size, dropout });
