/**
 * The history of a run, as its folder tells it.
 *
 * @module
 */
import type { ClusterReport } from "@deepcluster/clustering";
import type { RunConfiguration } from "@deepcluster/runs";

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

/** Time of one phase of an epoch, over all processes that worked on it. */
export interface PhaseTime {
  /** As progress names it. */
  readonly phase: "survey" | "extract" | "reduce" | "cluster" | "train";
  /** Time that it took. */
  readonly seconds: number;
  /** Images that went through it; 0 where none are counted. */
  readonly images: number;
}

/** A process that worked on a run, and what it ran on. */
export interface ProcessRecord {
  /** When it began, in ISO 8601. */
  readonly startedAt: string;
  /** Version of this program. */
  readonly version: string;
  /** Such as `Deno 2.9.6`. */
  readonly runtime: string;
  /** Such as `onnxruntime-node 1.30.0, cpu, 2 threads`. */
  readonly engine: string;
  /** Name of the processor. */
  readonly processor: string;
  /** Its cores. */
  readonly cores: number;
  /** Memory of the machine. */
  readonly memoryBytes: number;
}

/** How far the work under way is. */
export interface RunProgress {
  /** When it was written, in ISO 8601. */
  readonly at: string;
  /** Phase under way, as progress names it. */
  readonly phase: string;
  /** Epoch, from 1; absent before the first. */
  readonly epoch?: number;
  /** Units done. */
  readonly done: number;
  /** Units that there are. */
  readonly total: number;
  /** What a unit is, such as `images`. */
  readonly unit: string;
  /** Units a second, where it is known. */
  readonly rate?: number;
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
