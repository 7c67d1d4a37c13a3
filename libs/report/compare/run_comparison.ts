/**
 * Several runs side by side: the settings in which they differ, their figures,
 * their evaluations, and how the clusters of one map to those of the others.
 *
 * Nothing is computed that a run has not written, except how clusters map.
 *
 * @module
 */
import type { ClusterMapping } from "./cluster_mapping.ts";
import type { EnvironmentDifference } from "./environment_differences.ts";
import type { RunHistory } from "../history/history.ts";
import type { EvaluationRow, KeptEvaluation } from "./kept_evaluations.ts";
import type { SettingDifference } from "./setting_differences.ts";

/** A run among others. */
export interface ComparedRun {
  /** What it is called on the page. */
  readonly name: string;
  /** Its settings, and its figures over the epochs. */
  readonly history: RunHistory;
  /** Images that it uses; 0 before its first clustering. */
  readonly images: number;
  /** Names of its network's layers. */
  readonly layers: readonly string[];
}

/** Runs side by side. */
export interface RunComparison {
  /** The runs, in the order in which they were typed. */
  readonly runs: readonly ComparedRun[];
  /** Settings in which they differ. */
  readonly settings: readonly SettingDifference[];
  /** What else they were trained with, where it differs. */
  readonly environment: readonly EnvironmentDifference[];
  /** What evaluations of them are kept. */
  readonly kept: readonly KeptEvaluation[];
  /** The figures of these evaluations. */
  readonly evaluations: readonly EvaluationRow[];
  /** Clusters of the first run in each of the others. */
  readonly mappings: readonly ClusterMapping[];
}
