/**
 * What every step of a run reads: its settings, network and images.
 *
 * @module
 */
import type { ClusterReport } from "@deepcluster/clustering";
import type { Network } from "@deepcluster/models";
import type { RunConfiguration } from "@deepcluster/runs";
import type { ArtifactRef, StorageError } from "@deepcluster/storage";
import { Context, type Effect } from "effect";
import type { RunImages } from "./images.ts";

/** A clustering that is finished. */
export interface Clustered {
  /** Which event this is. */
  readonly type: "clustered";
  /** From 1. */
  readonly epoch: number;
  /** Figures of the clustering. */
  readonly report: ClusterReport;
  /** Table of path and cluster. */
  readonly assignments: ArtifactRef;
}

/** An epoch of training that is finished. */
export interface Trained {
  /** Which event this is. */
  readonly type: "trained";
  /** From 1. */
  readonly epoch: number;
  /** Mean loss over the epoch's steps. */
  readonly loss: number;
  /** Fraction of training images put into their cluster, from 0 to 1. */
  readonly accuracy: number;
  /** Steps of the epoch. */
  readonly steps: number;
  /** Parameters, momenta and running statistics after it. */
  readonly checkpoint: ArtifactRef;
}

/** What a run emits. A resumed run emits the events of its past again. */
export type RunEvent = Clustered | Trained;

/** The run that is going on. */
export class Run extends Context.Service<Run, {
  /** Its settings. */
  readonly configuration: RunConfiguration;
  /** Its network, without the head. */
  readonly network: Network;
  /** Its images, without labels. */
  readonly images: RunImages;
  /** Ends of epochs whose checkpoints stay, at least 2. */
  readonly keep: number;
  /** Time between two saves within a long activity. */
  readonly saveEveryMs: number;
  /** Called with every clustering and every epoch that is finished. */
  readonly onEvent: (event: RunEvent) => Effect.Effect<void, StorageError>;
}>()("@deepcluster/training/Run") {}
