/**
 * What runs were trained with, besides their settings, where they differ.
 *
 * The same settings give the same bytes in one version, on one machine and
 * engine; otherwise figures differ by rounding at least.
 *
 * @module
 */
import type { RunHistory } from "../history/history.ts";

/** Something that is not the same for all runs. */
export interface EnvironmentDifference {
  /** What it is. */
  readonly field: "engine" | "processor" | "version";
  /**
   * What it was in each run, of its processes one after the other; absent for
   * runs of versions that did not note it.
   */
  readonly values: readonly (string | undefined)[];
}

const fields = ["version", "engine", "processor"] as const;

/**
 * Compares what runs were trained with.
 *
 * @param histories Those of each run.
 * @returns What differs; nothing of runs on which no process has worked yet.
 */
export const environmentDifferences = (
  histories: readonly RunHistory[],
): readonly EnvironmentDifference[] =>
  fields.flatMap((field) => {
    const values = histories.map(({ processes }) =>
      processes.length === 0
        ? undefined
        : [...new Set(processes.map((process) => process[field]))].join(", ")
    );
    const begun = values.filter((_, run) => histories[run]!.epochs.length > 0);
    return new Set(begun).size < 2 ? [] : [{ field, values }];
  });
