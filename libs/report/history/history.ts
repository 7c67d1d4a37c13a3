/**
 * The history of a run, as its folder tells it.
 *
 * @module
 */
import type { ClusterReport } from "@deepcluster/clustering";
import type {
  PhaseTime,
  ProcessRecord,
  RunConfiguration,
  RunProgress,
} from "@deepcluster/runs";

/** A run, from its first epoch to its newest. */
export interface RunHistory {
  /** The run folder. */
  readonly folder: string;
  /** Its settings. */
  readonly configuration: RunConfiguration;
  /** Whether a process works on it now. */
  readonly state: "running" | "finished" | "stopped";
  /** Epochs that have a clustering at least, ascending. */
  readonly epochs: readonly EpochHistory[];
  /**
   * Processes that worked on the run, the first one first; empty for runs of
   * versions that did not note them.
   */
  readonly processes: readonly ProcessRecord[];
  /**
   * Time of the survey of the images, before the first epoch; absent for runs
   * that did not note it.
   */
  readonly survey?: PhaseTime;
  /** What the newest process last said it was doing. */
  readonly progress?: RunProgress;
  /** Images that could not be read and were left out. */
  readonly unreadable: number;
}

/** One epoch of a run. */
export interface EpochHistory {
  /** From 1. */
  readonly epoch: number;
  /** Its clustering. */
  readonly report: ClusterReport;
  /** NMI between clusters and labels, where the images have labels. */
  readonly nmiToLabels?: number;
  /** Its training; absent while that goes on. */
  readonly training?: {
    /** Mean cross-entropy over the epoch's images. */
    readonly loss: number;
    /** Fraction of the images whose cluster was predicted. */
    readonly accuracy: number;
    /** Steps of SGD. */
    readonly steps: number;
  };
  /** Times of its phases; empty for runs that did not note them. */
  readonly phases: readonly PhaseTime[];
}

/** A fault that the figures of a run show, in words. */
export interface ReportWarning {
  /** Which fault, for machines: `head-learns-nothing`. */
  readonly code: string;
  /** Epoch in which it shows; absent when it is of the whole run. */
  readonly epoch?: number;
  /** What is seen, with its figure. */
  readonly text: string;
  /** What to do. */
  readonly advice: string;
}
