/**
 * @module
 */
import type { Lap, Phase } from "./estimate_laps.ts";
/** How much is tried. */
export interface TrialSizes {
  /** Images of a training step. */
  readonly batch: number;
  /** Images of a forward pass. */
  readonly extractBatch: number;
  /** Memory for decoded images in the run, in bytes. */
  readonly cacheBytes: number;
}

/** What a trial found. */
export interface Trial {
  /** Its sizes. */
  readonly sizes: TrialSizes;
  /** Images that were decoded. */
  readonly sampled: number;
  /** Those of them that cannot be decoded. */
  readonly unreadable: number;
  /** Mean size of a decoded image. */
  readonly imageBytes: number;
  /** Rows of features that were reduced and clustered. */
  readonly rows: number;
  readonly reducedBytes: number;
  readonly clusteringBytes: number;
  readonly assignmentsBytes: number;
  readonly checkpointBytes: number;
  /** What each step took. */
  readonly laps: Readonly<Record<Phase, Lap>>;
}
