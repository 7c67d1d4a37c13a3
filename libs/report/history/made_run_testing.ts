/**
 * Run folders for tests, with the files that training would leave of the
 * figures that a test wants.
 *
 * @module
 */
import { formatReport, reportClustering } from "@deepcluster/clustering";
import { matrix } from "@deepcluster/core";
import {
  createRun,
  inEpoch,
  parseConfiguration,
  runFiles,
  type RunProgress,
  type TimingLine,
} from "@deepcluster/runs";
import { folderStore, writeTable } from "@deepcluster/storage";
import { temporaryFolder } from "@deepcluster/test";
import { Effect } from "effect";
import { join } from "node:path";
import type { EpochHistory } from "./history.ts";

/** What an epoch of a made run is like. */
export interface MadeEpoch {
  /** Images of each cluster, empty ones included. */
  readonly sizes: readonly number[];
  /** NMI to the epoch before and reassigned fraction, from the second on. */
  readonly previous?: readonly [nmi: number, reassigned: number];
  /** NMI to the labels; absent without labels. */
  readonly nmiToLabels?: number;
  /** Training; absent while it goes on. */
  readonly training?: NonNullable<EpochHistory["training"]>;
  /** Clusters that k-means split to fill empty ones. Default: 0. */
  readonly splits?: number;
  /** Dimensions that PCA kept. Default: 8. */
  readonly dimensions?: number;
  /** Seconds of its training. Default: 10. */
  readonly trainSeconds?: number;
}

/** What a made run is like. */
export interface MadeRun {
  /** Its epochs. */
  readonly epochs: readonly MadeEpoch[];
  /** Settings. Default: 20 clusters, as many epochs as there are. */
  readonly settings?: object;
  /** Images that could not be read. */
  readonly unreadable?: readonly string[];
  /** Whether the test's scope works on it. Default: false. */
  readonly busy?: boolean;
}

/**
 * Epochs of a run that learns: 1 000 images in 20 clusters.
 *
 * @param count How many.
 * @returns The epochs.
 */
export const healthyEpochs = (count: number): readonly MadeEpoch[] =>
  Array.from({ length: count }, (_, i) => ({
    sizes: Array.from(
      { length: 20 },
      (_, cluster) => 41 + cluster - cluster % 2,
    ),
    ...i > 0 && {
      previous: [0.6 + 0.02 * i, 0.5 - 0.02 * i] as const,
    },
    nmiToLabels: 0.3 + 0.02 * i,
    training: {
      loss: 2.5 - 0.1 * i,
      accuracy: 0.22 + 0.03 * i,
      steps: 16,
    },
  }));

/**
 * Writes a run folder.
 *
 * @param run What it is like.
 * @returns The folder, which is removed with the scope.
 */
export const madeRun = Effect.fnUntraced(function* (
  { epochs, settings, unreadable = [], busy = false }: MadeRun,
) {
  const folder = join(yield* temporaryFolder, "run");
  const configuration = yield* parseConfiguration({
    images: "/nowhere/images",
    model: "small",
    size: 32,
    clusters: 20,
    pca: 8,
    epochs: Math.max(1, epochs.length),
    batch: 64,
    ...settings,
  }, "a test");
  const made = createRun(folder, configuration);
  yield* busy ? made : Effect.scoped(made);
  const store = folderStore(folder);
  const text = (value: string) => new TextEncoder().encode(value);
  const lines = (values: readonly object[]) =>
    text(values.map((value) => JSON.stringify(value) + "\n").join(""));
  const metrics: object[] = [];
  const images = epochs[0] === undefined ? 0 : total(epochs[0].sizes);
  const timings: TimingLine[] = [process, {
    event: "timed",
    epoch: 0,
    phase: "survey",
    seconds: 1,
    images: images + unreadable.length,
  }];
  for (const [i, made] of epochs.entries()) {
    const epoch = i + 1;
    yield* store.put(
      inEpoch("clusters", epoch, ".json"),
      text(formatReport(yield* reportOf(made))),
    );
    const { nmiToLabels, training, trainSeconds = 10 } = made;
    metrics.push({
      event: "clustered",
      epoch,
      ...nmiToLabels !== undefined && { nmiToLabels },
    });
    if (training) metrics.push({ event: "trained", epoch, ...training });
    timings.push(
      { event: "timed", epoch, phase: "extract", seconds: 2, images },
      { event: "timed", epoch, phase: "train", seconds: trainSeconds, images },
    );
  }
  yield* store.put(runFiles.metrics, lines(metrics));
  yield* store.put(runFiles.timings, lines(timings));
  yield* store.put(
    runFiles.progress,
    lines([
      {
        at: "2026-01-02T03:14:05.000Z",
        phase: "train",
        epoch: Math.max(1, epochs.length),
        done: images,
        total: images,
        unit: "images",
      } satisfies RunProgress,
    ]),
  );
  yield* writeTable(
    store,
    runFiles.unreadable,
    ["path", "reason"],
    unreadable.map((path) => [path, "not an image"]),
  );
  return folder;
});

const process: TimingLine = {
  event: "started",
  startedAt: "2026-01-02T03:04:05.000Z",
  version: "0.3.0",
  runtime: "Deno 2.9.6 on linux x64",
  engine: "onnxruntime-node 1.30.0, cpu, 2 threads",
  processor: "A processor",
  cores: 2,
  memoryBytes: 2 ** 33,
};

const reportOf = Effect.fnUntraced(function* (
  { sizes, previous, splits = 0, dimensions = 8 }: MadeEpoch,
) {
  const assignments = Int32Array.from(
    sizes.flatMap((size, cluster) => Array(size).fill(cluster)),
  );
  const stats = { loss: 500, splits, changedFraction: 0, imbalance: 1 };
  const report = yield* reportClustering({
    assignments,
    loss: 500,
    distances: new Float64Array(assignments.length),
    state: {
      centroids: matrix(sizes.length, dimensions),
      assignments,
      history: [stats],
    },
  });
  return {
    ...report,
    ...previous && {
      nmiToPrevious: previous[0],
      reassignedFraction: previous[1],
    },
  };
});

const total = (sizes: readonly number[]): number =>
  sizes.reduce((sum, size) => sum + size, 0);
