/**
 * Reports and histories as JSON, in the spelling of the files of a run, which
 * does not change: `moved` is {@link ClusterReport.reassignedFraction} in a
 * report and {@link IterationStats.changedFraction} in its iterations.
 *
 * @module
 */
import type { IterationStats } from "./kmeans/kmeans.ts";
import type { ClusterReport } from "./report.ts";

/** An iteration as it is written. */
type WrittenStats = Omit<IterationStats, "changedFraction"> & {
  readonly moved: number;
};

/** A report as it is written. */
type WrittenReport =
  & Omit<ClusterReport, "iterations" | "reassignedFraction">
  & {
    readonly iterations: readonly WrittenStats[];
    readonly moved?: number;
  };

/**
 * Writes a report as the text of its file.
 *
 * @param report From `reportClustering` or {@link parseReport}.
 * @returns Indented JSON with a newline at its end.
 */
export const formatReport = (report: ClusterReport): string => {
  const {
    iterations,
    reassignedFraction,
    nmiToPrevious,
    nmiToLabels,
    ...rest
  } = report;
  const written: WrittenReport = {
    ...rest,
    iterations: iterations.map(writtenStats),
    ...reassignedFraction !== undefined && { moved: reassignedFraction },
    ...nmiToPrevious !== undefined && { nmiToPrevious },
    ...nmiToLabels !== undefined && { nmiToLabels },
  };
  return JSON.stringify(written, null, 2) + "\n";
};

/**
 * Reads the text of a report's file, which must be intact.
 *
 * @param text As {@link formatReport} wrote it, or an earlier version.
 * @returns The report. Fields that an earlier version did not write are missing.
 */
export const parseReport = (text: string): ClusterReport => {
  const { iterations, moved, ...rest }: WrittenReport = JSON.parse(text);
  return {
    ...rest,
    iterations: iterations.map(statsOf),
    ...moved !== undefined && { reassignedFraction: moved },
  };
};

/**
 * Writes the history of a k-means as JSON, for a saved state.
 *
 * @param history See `KMeansState`.
 * @returns One line.
 */
export const formatHistory = (history: readonly IterationStats[]): string =>
  JSON.stringify(history.map(writtenStats));

/**
 * Reads the history of a saved state, which must be intact.
 *
 * @param text As {@link formatHistory} wrote it.
 * @returns The history.
 */
export const parseHistory = (text: string): readonly IterationStats[] =>
  JSON.parse(text).map(statsOf);

const writtenStats = (
  { loss, splits, changedFraction, imbalance }: IterationStats,
): WrittenStats => ({ loss, splits, moved: changedFraction, imbalance });

const statsOf = ({ moved, ...rest }: WrittenStats): IterationStats => ({
  ...rest,
  changedFraction: moved,
});
