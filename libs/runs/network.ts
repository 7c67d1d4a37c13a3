/**
 * The network that a run's settings ask for.
 *
 * @module
 */
import { type alexnet, architectures } from "@deepcluster/models";
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
): ReturnType<typeof alexnet> => architectures[model]({ sobel, size, dropout });
