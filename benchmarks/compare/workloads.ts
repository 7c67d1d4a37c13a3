/**
 * What a comparison of two revisions measures.
 *
 * @module
 */
import type { Workload } from "../measure/workload.ts";
import { kmeans, whiten } from "../workloads/clustering.ts";
import { batched } from "../workloads/images.ts";
import { forward, networks, trainingStep } from "../workloads/networks.ts";

/** Workloads of about a second at most, so that many processes can be started. */
export const compared: readonly Workload[] = [
  forward(networks.alexnet, 16),
  forward(networks.small, 128),
  trainingStep(networks.alexnet, 16, 1000),
  trainingStep(networks.small, 64, 200),
  kmeans({ n: 20_000, d: 256, k: 1000 }, "unstructured", 2),
  kmeans({ n: 20_000, d: 256, k: 1000 }, "clustered", 10),
  whiten(4000, 512, 64),
  batched(64, 32),
];

/** What one process measured. */
export interface Trial {
  /** Median seconds of a few runs. */
  readonly seconds: number;
  /** The number that the workload returns: equal results, equal numbers. */
  readonly value: number;
}
