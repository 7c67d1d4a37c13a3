/**
 * Made runs, for tests of what is shown of a run.
 */
import type { ClusterReport } from "@deepcluster/clustering";
import { parseConfiguration } from "@deepcluster/runs";
import { Effect } from "effect";
import type { EpochHistory, RunHistory } from "../history/history.ts";

/** The report of a healthy clustering of 1000 images into 20 clusters. */
export const madeReport = (epoch: number): ClusterReport => ({
  points: 1000,
  dimensions: 64,
  k: 20,
  lnK: Math.log(20),
  nonEmpty: 20,
  empties: 0,
  sizes: {
    minimum: 30,
    median: 50,
    maximum: 90,
    histogram: [
      { from: 16, to: 31, clusters: 1 },
      { from: 32, to: 63, clusters: 15 },
      { from: 64, to: 127, clusters: 4 },
    ],
    largest: [{ cluster: 3, size: 90 }],
  },
  imbalance: 1.1,
  splits: 0,
  loss: 600 - epoch,
  iterations: [],
  ...epoch > 1 && { nmiToPrevious: 0.7, reassignedFraction: 0.2 / epoch },
});

/** An epoch of a healthy run. */
export const madeEpoch = (epoch: number): EpochHistory => ({
  epoch,
  report: madeReport(epoch),
  nmiToLabels: 0.25,
  training: { loss: 3 / epoch, accuracy: 0.1, steps: 20 },
  phases: [
    { phase: "extract", seconds: 2, images: 1000 },
    { phase: "reduce", seconds: 1, images: 1000 },
    { phase: "cluster", seconds: 0.5, images: 0 },
    { phase: "train", seconds: 10, images: 1000 },
  ],
});

/** A finished run of so many epochs, in which something may differ. */
export const madeHistory = (
  epochs: number,
  more: Partial<RunHistory> = {},
): RunHistory => ({
  folder: "/somewhere/secret/my-run",
  configuration: Effect.runSync(parseConfiguration({
    images: "/somewhere/secret/photos",
    clusters: 20,
    epochs,
    model: "small",
    size: 32,
  }, "test")),
  state: "finished",
  epochs: Array.from({ length: epochs }, (_, i) => madeEpoch(i + 1)),
  processes: [{
    startedAt: "2026-01-02T03:04:05.678Z",
    version: "0.3.0",
    runtime: "Deno 2.9.6 on linux x64",
    engine: "onnxruntime-node 1.30.0, cpu, 2 threads",
    processor: "Some CPU",
    cores: 2,
    memoryBytes: 8 * 2 ** 30,
  }],
  unreadable: 0,
  ...more,
});
