/**
 * The report of a clustering: statistics that show whether a run is healthy,
 * collapsing or done.
 *
 * Paper: section 4.1 (NMI to labels and to the previous clustering).
 *
 * @module
 */
import {
  type Contingency,
  contingency,
  type LabelCountError,
  nmiOf,
} from "@deepcluster/metrics";
import { Effect } from "effect";
import type { Clustering, IterationStats } from "./kmeans/kmeans.ts";
import { imbalanceOf, sizesOf } from "./kmeans/sizes.ts";

/** What a clustering is compared with. */
export interface ReportContext {
  /** `[n]` assignments of the same points by the previous clustering. */
  readonly previous?: Int32Array;
  /** `[n]` true classes, negative where there is none; only for evaluation. */
  readonly labels?: Int32Array;
}

/** Clusters whose sizes lie between two powers of two. */
export interface SizeBin {
  /** Smallest size counted here: a power of two. */
  readonly from: number;
  /** Largest size counted here: `2 * from - 1`. */
  readonly to: number;
  /** Number of clusters of these sizes. */
  readonly clusters: number;
}

/** One cluster and its size. */
export interface ClusterSize {
  /** Number of the cluster. */
  readonly cluster: number;
  /** Number of its points. */
  readonly size: number;
}

/** Sizes of the clusters that are not empty. */
export interface SizeSummary {
  /** Points of the smallest one. */
  readonly minimum: number;
  /** The middle size; of two middle ones their mean. */
  readonly median: number;
  /** Points of the largest one. */
  readonly maximum: number;
  /** Counts of clusters by size, from the bin of the smallest upwards. */
  readonly histogram: readonly SizeBin[];
  /** The ten largest, largest first, equal ones by number. */
  readonly largest: readonly ClusterSize[];
}

/** The figures of one clustering; plain data. */
export interface ClusterReport {
  /** Number of points, n. */
  readonly points: number;
  /** Features of a point: the dimensions that PCA kept. */
  readonly dimensions: number;
  /** Number of clusters, empty ones included. */
  readonly k: number;
  /** `ln k`: the classification loss of a head that has learned nothing. */
  readonly lnK: number;
  /** Clusters with at least one point. */
  readonly nonEmpty: number;
  /** Clusters without points after the final assignment. */
  readonly empties: number;
  /** Sizes of the non-empty clusters. */
  readonly sizes: SizeSummary;
  /** `k Σ size² / n²`, faiss's imbalance factor: 1 is perfectly even. */
  readonly imbalance: number;
  /** Empty clusters split off others, over all iterations. */
  readonly splits: number;
  /** Sum of squared distances to the final centroids. */
  readonly loss: number;
  /** Statistics of every Lloyd iteration. */
  readonly iterations: readonly IterationStats[];
  /**
   * Fraction of points outside the cluster to which most of their previous
   * cluster went, from 0 to 1. Merging two clusters reassigns no point, so read it
   * with `nmiToPrevious`. Absent without a previous clustering.
   */
  readonly reassignedFraction?: number;
  /** Absent without a previous clustering. */
  readonly nmiToPrevious?: number;
  /** Over the points that have a label; absent without labels. */
  readonly nmiToLabels?: number;
}

/**
 * Describes a clustering.
 *
 * O(n + k log k) time.
 *
 * @param clustering From `kmeans`.
 * @param context See {@link ReportContext}.
 * @returns The report, or `LabelCountError` when `previous` or `labels` is not
 * as long as there are points.
 *
 * @example Points that stayed together
 * ```ts
 * import { Assigner, kmeans, reportClustering } from "@deepcluster/clustering";
 * import { matrix } from "@deepcluster/core";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const points = matrix(4, 1, Float32Array.of(0, 1, 10, 11));
 * const { sizes, reassignedFraction } = Effect.runSync(
 *   kmeans(points, { k: 2, seed: 0 }).pipe(
 *     Effect.flatMap((clustering) =>
 *       reportClustering(clustering, { previous: Int32Array.of(7, 7, 3, 3) })
 *     ),
 *     Effect.provide(Assigner.layerReference),
 *   ),
 * );
 * assert.equal(sizes.median, 2);
 * assert.equal(reassignedFraction, 0);
 * ```
 */
export const reportClustering: (
  clustering: Clustering,
  context?: ReportContext,
) => Effect.Effect<ClusterReport, LabelCountError> = Effect.fn(
  "reportClustering",
)(function* (clustering, context = {}) {
  const { assignments, loss, state } = clustering;
  const k = state.centroids.rows;
  const sizes = sizesOf(assignments, k);
  const filled = bySize(sizes);
  return {
    points: assignments.length,
    dimensions: state.centroids.columns,
    k,
    lnK: Math.log(k),
    nonEmpty: filled.length,
    empties: k - filled.length,
    sizes: summarise(filled),
    imbalance: imbalanceOf(sizes),
    splits: state.history.reduce((total, { splits }) => total + splits, 0),
    loss,
    iterations: state.history,
    ...yield* toPrevious(assignments, context.previous),
    ...yield* toLabels(assignments, context.labels),
  };
});

const toPrevious = Effect.fnUntraced(function* (
  assignments: Int32Array,
  previous: Int32Array | undefined,
) {
  if (previous === undefined) return {};
  const table = yield* contingency(previous, assignments);
  return {
    reassignedFraction: reassignedFractionOf(table),
    nmiToPrevious: nmiOf(table),
  };
});

const toLabels = Effect.fnUntraced(function* (
  assignments: Int32Array,
  labels: Int32Array | undefined,
) {
  if (labels === undefined) return {};
  const table = yield* contingency(assignments, labels, {
    ignoreNegative: true,
  });
  return table.points === 0 ? {} : { nmiToLabels: nmiOf(table) };
});

/** One minus the fraction of points that follow their group's majority. */
const reassignedFractionOf = (
  { points, firstTotals, first, counts }: Contingency,
): number => {
  const majorities = new Int32Array(firstTotals.length);
  for (let cell = 0; cell < counts.length; cell++) {
    const group = first[cell]!;
    majorities[group] = Math.max(majorities[group]!, counts[cell]!);
  }
  return 1 - majorities.reduce((total, size) => total + size, 0) / points;
};

/** Non-empty clusters, largest first, equal ones by number. */
const bySize = (sizes: Int32Array): readonly ClusterSize[] =>
  Array.from(sizes, (size, cluster) => ({ cluster, size }))
    .filter(({ size }) => size > 0)
    .sort((a, b) => b.size - a.size || a.cluster - b.cluster);

const summarise = (filled: readonly ClusterSize[]): SizeSummary => {
  const sizeAt = (rank: number) => filled[rank]!.size;
  const last = filled.length - 1;
  return {
    minimum: sizeAt(last),
    median: (sizeAt(Math.floor(last / 2)) + sizeAt(Math.ceil(last / 2))) / 2,
    maximum: sizeAt(0),
    histogram: histogramOf(filled),
    largest: filled.slice(0, 10),
  };
};

const histogramOf = (filled: readonly ClusterSize[]): readonly SizeBin[] => {
  const counts: number[] = [];
  for (const { size } of filled) {
    const bin = 31 - Math.clz32(size);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const lowest = counts.findIndex((count) => count !== undefined);
  return Array.from(counts.slice(lowest), (clusters = 0, i) => ({
    from: 2 ** (lowest + i),
    to: 2 ** (lowest + i + 1) - 1,
    clusters,
  }));
};
