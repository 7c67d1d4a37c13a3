/**
 * The guard: measures workloads and repeats those that fail, since a machine
 * that is shared with others fails now and then.
 *
 * @module
 */
import type { Workload } from "../measure/workload.ts";
import { kmeans } from "../workloads/clustering.ts";
import { forward, networks, trainingStep } from "../workloads/networks.ts";
import { search } from "../workloads/search.ts";
import {
  belowThreshold,
  type Measurement,
  type Thresholds,
} from "./thresholds.ts";

/** The guarded workloads, each of about a second at most. */
export const guarded: readonly Workload[] = [
  forward(networks.alexnet, 16),
  forward(networks.small, 128),
  trainingStep(networks.alexnet, 32, 1000),
  trainingStep(networks.small, 64, 200),
  kmeans({ n: 20_000, d: 256, k: 1000 }, "unstructured", 2),
  kmeans({ n: 20_000, d: 256, k: 1000 }, "clustered", 10),
  search({ n: 12_000, d: 256, queries: 100 }),
];

/** Measures the relative rate of a workload. */
export type Measure = (workload: Workload) => Promise<number>;

/** What the guard measured. */
export interface GuardResult {
  /** One per workload; the better of two where the first failed. */
  readonly measurements: readonly Measurement[];
  /** Those that failed both times. */
  readonly failed: readonly Measurement[];
}

/**
 * Compares workloads with their thresholds.
 *
 * @param workloads What to measure.
 * @param thresholds By name of the workload.
 * @param measure How to measure.
 * @returns See {@link GuardResult}.
 */
export const guard = async (
  workloads: readonly Workload[],
  thresholds: Thresholds,
  measure: Measure,
): Promise<GuardResult> => {
  const measurements: Measurement[] = [];
  for (const workload of workloads) {
    const relativeRate = await measure(workload);
    measurements.push({ name: workload.name, relativeRate });
  }
  for (
    const { name, relativeRate } of belowThreshold(measurements, thresholds)
  ) {
    if (thresholds[name] === undefined) continue;
    const index = measurements.findIndex((other) => other.name === name);
    const repeated = await measure(workloads[index]!);
    measurements[index] = {
      name,
      relativeRate: Math.max(repeated, relativeRate),
    };
  }
  return { measurements, failed: belowThreshold(measurements, thresholds) };
};
