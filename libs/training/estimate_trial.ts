/**
 * A trial of a run: the steps of the run itself, on so few images that it
 * takes seconds, measured.
 *
 * Nothing is modelled that can be tried: the same networks, graphs, engine and
 * files. Only a sample of the images is decoded; the features of the others
 * are made up, and the features step goes on where they end.
 *
 * @module
 */
import {
  type ArtifactRef,
  CheckpointStore,
  makeFolder,
} from "@deepcluster/checkpoint";
import { Assigner } from "@deepcluster/clustering";
import { draws, matrix } from "@deepcluster/core";
import {
  decodedShortSideFor,
  imageSet,
  type ImageSource,
  isDecoded,
} from "@deepcluster/data";
import { openFeatureFile } from "@deepcluster/features";
import { Effect, Layer } from "effect";
import { dirname, join } from "node:path";
import { clusterStep } from "./cluster_step.ts";
import type { RunConfiguration } from "./configuration.ts";
import { type Lap, type Laps, lapsOf, type Phase } from "./estimate_laps.ts";
import type { Sizes } from "./estimate_sizes.ts";
import { featuresStep, removeSpilled } from "./features_step.ts";
import { openImages, type RunImages } from "./images.ts";
import { networkOf } from "./network.ts";
import { inEpoch } from "./paths.ts";
import { Run } from "./run.ts";
import { initialiseStep, trainStep } from "./train_step.ts";

/** How much is tried. */
export interface TrialOptions {
  /** Batches of the trial. */
  readonly sizes: Sizes;
  /** Memory for decoded images in the run, in bytes. */
  readonly cacheBytes: number;
}

/** What a trial found. */
export interface Trial {
  /** Its batches. */
  readonly sizes: Sizes;
  /** Images that were looked at. */
  readonly sampled: number;
  /** Those of them that cannot be decoded. */
  readonly unreadable: number;
  /** Mean size of an image in the cache; 0 where they need none. */
  readonly imageBytes: number;
  /** Rows of features that were reduced and clustered. */
  readonly rows: number;
  /** Size of the reduced features and of what reduced them. */
  readonly reducedBytes: number;
  /** Size of centroids and clusters. */
  readonly clusteringBytes: number;
  /** Size of the table of path and cluster. */
  readonly assignmentsBytes: number;
  /** Size of the checkpoint that the first epoch starts from. */
  readonly initialBytes: number;
  /** Size of the checkpoint at the end of an epoch. */
  readonly checkpointBytes: number;
  /** What each phase took. */
  readonly laps: Readonly<Record<Phase, Lap>>;
}

/** Images decoded: enough for the mean of their sizes and times. */
const sampleSize = 128;
/** No block of features has more rows, so that memory holds a whole one. */
const leastRows = 8192;
/**
 * Batches of a pass and of an epoch: one to warm up, others to measure. Memory
 * grows up to the second training step; two large ones take long enough.
 */
const batchesTried = (images: number): number => images < 128 ? 3 : 2;

/**
 * Runs two epochs, or one where the run has no more, on few images.
 *
 * Leaves the files of these epochs in the folder.
 *
 * @param folder An empty folder, on the disk of the run.
 * @param configuration The run's settings, with `clusters` no more than the
 * images.
 * @param source All images of the run.
 * @param options See {@link TrialOptions}.
 * @returns What was measured, or an error that the run would fail with.
 */
export const tryRun = Effect.fn("tryRun")(function* (
  folder: string,
  configuration: RunConfiguration,
  source: ImageSource,
  options: TrialOptions,
) {
  const laps = yield* lapsOf("extract");
  const steps = Effect.gen(function* () {
    const sample = yield* openSample(folder, configuration, source, options);
    yield* laps.end("survey");
    const epochs = Math.min(2, configuration.epochs);
    const run = yield* runOn(folder, configuration, source, sample, options);
    const files = yield* Effect.provideService(
      runEpochs(epochs, laps),
      Run,
      run,
    );
    return { ...sample.figures, ...files, rows: run.images.size };
  });
  const measured = yield* Effect.provide(
    steps,
    Layer.mergeAll(
      laps.layer,
      CheckpointStore.layerFolder(folder),
      Assigner.layerBackend,
    ),
  );
  const { sizes } = options;
  return { sizes, ...measured, laps: laps.taken() } satisfies Trial;
}, Effect.scoped);

/** A few of the images, spread over all of them. */
const openSample = Effect.fnUntraced(function* (
  folder: string,
  configuration: RunConfiguration,
  source: ImageSource,
  { cacheBytes }: TrialOptions,
) {
  const n = source.ids.length;
  const sampled = Math.min(n, sampleSize);
  const positions = Array.from(
    { length: sampled },
    (_, i) => Math.floor(i * n / sampled),
  );
  const few: ImageSource = {
    name: source.name,
    ids: positions.map((position) => source.ids[position]!),
    payload: (index) => source.payload(positions[index]!),
  };
  const all = { ...configuration, maxUnreadableShare: 1 };
  const images = yield* openImages(folder, all, few, { cacheBytes });
  const decoding = { maxShortSide: decodedShortSideFor(configuration.size) };
  let bytes = 0;
  for (const [i, position] of images.usable.entries()) {
    if (isDecoded(few.payload(position), decoding)) continue;
    bytes += (yield* images.decoded(i)).data.length;
  }
  const imageBytes = bytes / images.size;
  const uncached = imageSet(few, { ...decoding, usable: images.usable });
  return {
    images,
    decoded: imageBytes * n <= cacheBytes ? images.decoded : uncached.decoded,
    figures: { sampled, unreadable: images.unreadable, imageBytes },
  };
});

/** The run, as if the sample went on for as many images as are clustered. */
const runOn = Effect.fnUntraced(function* (
  folder: string,
  configuration: RunConfiguration,
  { ids }: ImageSource,
  { images, decoded }: {
    readonly images: RunImages;
    readonly decoded: RunImages["decoded"];
  },
  { sizes: { batch, extractBatch } }: TrialOptions,
) {
  const least = Math.max(leastRows, configuration.clusters);
  const size = Math.min(ids.length, least);
  return {
    configuration: {
      ...configuration,
      batch,
      extractBatch,
      // Half a step less, lest rounding adds one.
      reassign: (batchesTried(batch) - 0.5) * batch / size,
      kmeansIterations: 2,
    },
    network: yield* networkOf(configuration),
    images: {
      ...images,
      size,
      id: (index: number) => ids[index]!,
      decoded: (index: number) => decoded(index % images.size),
    },
    folder,
    keep: 2,
    saveEveryMs: Infinity,
    tell: () => Effect.void,
  };
});

const runEpochs = Effect.fnUntraced(function* (epochs: number, laps: Laps) {
  const initial = yield* initialiseStep();
  let weights: ArtifactRef = initial;
  let before: ArtifactRef | undefined;
  for (let epoch = 1;; epoch++) {
    yield* makeUpFeatures(epoch);
    yield* laps.drop;
    const reduced = yield* featuresStep(epoch, weights);
    yield* laps.end("reduce");
    yield* removeSpilled(epoch);
    const found = yield* clusterStep(epoch, reduced, before);
    yield* laps.end("cluster");
    const { checkpoint } = yield* trainStep(epoch, weights, found.clustering);
    yield* laps.end("train");
    if (epoch === epochs) {
      return {
        initialBytes: initial.bytes,
        reducedBytes: reduced.bytes,
        clusteringBytes: found.clustering.bytes,
        assignmentsBytes: found.assignments.bytes,
        checkpointBytes: checkpoint.bytes,
      };
    }
    weights = checkpoint;
    before = found.clustering;
  }
});

/**
 * Writes features for all images but those of the last batches. Uncorrelated,
 * with variances that fall like 1/j, as those of networks about do: PCA takes
 * longer on a flat spectrum.
 */
const makeUpFeatures = Effect.fnUntraced(
  function* (epoch: number) {
    const { configuration, folder, images, network } = yield* Run;
    const { extractBatch, seed } = configuration;
    const columns = network.featureSize;
    const path = join(folder, inEpoch("features", epoch, ".f32"));
    yield* makeFolder(dirname(path));
    const file = yield* openFeatureFile(path, columns);
    const { normal } = draws(seed, "made-up features");
    const noise = new Float32Array(images.size + columns).map(normal);
    const block = matrix(extractBatch, columns);
    const batches = Math.floor(images.size / extractBatch) -
      batchesTried(extractBatch);
    for (let start = 0; start < batches * extractBatch; start += extractBatch) {
      for (let i = 0; i < block.data.length; i++) {
        const [row, j] = [Math.floor(i / columns), i % columns];
        block.data[i] = noise[start + row + j]! / Math.sqrt(j + 1);
      }
      yield* file.append(block);
    }
    yield* file.sync;
  },
  Effect.scoped,
);
