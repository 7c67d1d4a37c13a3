/**
 * Profiles a run: the steps of the run itself, on so few images that they take
 * seconds, timed and with their memory.
 *
 * Nothing is modelled that can be measured: the same alternation, networks,
 * graphs, engine and files. Only a sample of the images is decoded; the
 * features of the others are made up, and the features step continues where they
 * end.
 *
 * @module
 */
import type { Assigner } from "@deepcluster/clustering";
import { draws, matrix, Progress } from "@deepcluster/core";
import {
  decodedShortSideFor,
  imageSet,
  type ImageSource,
  isDecoded,
} from "@deepcluster/data";
import { Backend } from "@deepcluster/gpu-backend";
import type { NetworkError } from "@deepcluster/models";
import {
  networkOf,
  type RunConfiguration,
  type RunFolder,
} from "@deepcluster/runs";
import {
  type CheckpointStore,
  makeFolder,
  openRowFile,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { dirname } from "node:path";
import { alternate, type Perform, type Step } from "./alternation.ts";
import { spillPath } from "./features_step.ts";
import { openImages, type OpenImagesError, type RunImages } from "./images.ts";
import {
  type Phase,
  type PhaseCost,
  type PhaseTimer,
  startPhaseTimer,
} from "./phase_timer.ts";
import type { Sizes } from "./profile_sizes.ts";
import { Run } from "./run.ts";
import type { RunError } from "./run_error.ts";
import { stepsAtOnce } from "./step_inputs.ts";

/** How much of a run is profiled. */
export interface ProfileOptions {
  /** Batches of the profile. */
  readonly sizes: Sizes;
  /** Memory for decoded images in the run, in bytes. */
  readonly cacheBytes: number;
}

/** The measurements of a profile. */
export interface ProfileRun {
  /** Its batches. */
  readonly sizes: Sizes;
  /** Images of the sample. */
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
  readonly laps: Readonly<Record<Phase, PhaseCost>>;
}

/** Images decoded: enough for the mean of their sizes and times. */
const sampleSize = 128;
/** No block of features has more rows, so that memory holds a full one. */
const leastRows = 8192;
/**
 * Batches of a pass, and scans of an epoch: one to warm up, others to measure.
 * Memory grows up to the second training step; two large ones take long enough.
 */
const batchesTried = (images: number): number => images < 128 ? 3 : 2;

/**
 * Runs two epochs, or one where the run has no more, on few images.
 *
 * Leaves the files of these epochs in the store.
 *
 * @param configuration The run's settings, with `clusters` no more than the
 * images.
 * @param source All images of the run.
 * @param options See {@link ProfileOptions}.
 * @returns What was measured, or an error that the run would fail with. An
 * empty `RunFolder` and `CheckpointStore` are required, on the disk of the run.
 */
export const profile: (
  configuration: RunConfiguration,
  source: ImageSource,
  options: ProfileOptions,
) => Effect.Effect<
  ProfileRun,
  NetworkError | OpenImagesError | RunError,
  Assigner | Backend | CheckpointStore | Progress | RunFolder
> = Effect.fn("profile")(function* (configuration, source, options) {
  const timer = yield* startPhaseTimer("extract");
  const progress = timer.observe(yield* Progress);
  const backend = yield* backendOf(configuration);
  const measured = yield* Effect.gen(function* () {
    const sample = yield* openSample(configuration, source, options);
    yield* timer.end("survey");
    const run = yield* runOn(configuration, source, sample, options);
    const epochs = Math.min(2, configuration.epochs);
    const files = yield* alternate(epochs, measuredBy(timer)).pipe(
      Effect.provideService(Run, run),
    );
    return {
      ...sample.figures,
      rows: run.images.size,
      initialBytes: files.initial.bytes,
      reducedBytes: files.reduced.bytes,
      clusteringBytes: files.clustered.clustering.bytes,
      assignmentsBytes: files.clustered.assignments.bytes,
      checkpointBytes: files.trained.checkpoint.bytes,
    };
  }).pipe(
    Effect.provideService(Progress, progress),
    Effect.provideService(Backend, backend),
  );
  return {
    sizes: options.sizes,
    ...measured,
    laps: timer.costs(),
  };
}, Effect.scoped);

/** Each step ends a phase; features begin where the made-up ones end. */
const measuredBy =
  (timer: PhaseTimer): Perform<Run | RunFolder> => ({ name, epoch }, step) =>
    Effect.gen(function* () {
      if (name === "features") yield* makeUpFeatures(epoch);
      yield* timer.restart;
      const result = yield* step;
      const phase = phaseEndedBy[name];
      if (phase !== undefined) yield* timer.end(phase);
      return result;
    });

const phaseEndedBy: Readonly<Record<Step<unknown>["name"], Phase | undefined>> =
  {
    initialise: undefined,
    // Its other phase, `extract`, ends at its last report.
    features: "reduce",
    cluster: "cluster",
    train: "train",
  };

/** A few of the images, spread over all of them. */
const openSample = Effect.fnUntraced(function* (
  configuration: RunConfiguration,
  source: ImageSource,
  { cacheBytes }: ProfileOptions,
) {
  const n = source.ids.length;
  const sampled = Math.min(n, sampleSize);
  const sourceIndices = Array.from(
    { length: sampled },
    (_, i) => Math.floor(i * n / sampled),
  );
  const few: ImageSource = {
    name: source.name,
    ids: sourceIndices.map((sourceIndex) => source.ids[sourceIndex]!),
    payload: (index) => source.payload(sourceIndices[index]!),
  };
  // Rules about all images do not hold for a sample of them.
  const all = { ...configuration, clusters: 1, maxUnreadableShare: 1 };
  const images = yield* openImages(all, few, { cacheBytes });
  const decoding = { maxShortSide: decodedShortSideFor(configuration.size) };
  let bytes = 0;
  for (const [i, sourceIndex] of images.usable.entries()) {
    if (isDecoded(few.payload(sourceIndex), decoding)) continue;
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

/**
 * The engine, with no more steps at once than the run makes: those of smaller
 * batches may be small enough for several.
 */
const backendOf = Effect.fnUntraced(function* (
  configuration: RunConfiguration,
) {
  const backend = yield* Backend;
  const { info } = backend;
  const network = yield* networkOf(configuration);
  const stepsPerScan = yield* stepsAtOnce(network, configuration);
  const capabilities = { ...info.capabilities, stepsPerScan };
  return { ...backend, info: { ...info, capabilities } };
});

/** The run, as if the sample went on for as many images as are clustered. */
const runOn = Effect.fnUntraced(function* (
  configuration: RunConfiguration,
  { ids }: ImageSource,
  { images, decoded }: {
    readonly images: RunImages;
    readonly decoded: RunImages["decoded"];
  },
  { sizes: { batch, extractBatch } }: ProfileOptions,
) {
  const network = yield* networkOf(configuration);
  const steps = batchesTried(batch) * (yield* stepsAtOnce(network, { batch }));
  const least = Math.max(leastRows, configuration.clusters);
  const size = Math.min(ids.length, least);
  return {
    configuration: {
      ...configuration,
      batch,
      extractBatch,
      // Half a step less, lest rounding adds one.
      reassign: (steps - 0.5) * batch / size,
      kmeansIterations: 2,
    },
    network,
    images: {
      ...images,
      size,
      id: (index: number) => ids[index]!,
      decoded: (index: number) => decoded(index % images.size),
    },
    keep: 3,
    saveEveryMs: Infinity,
    onEvent: () => Effect.void,
  };
});

/**
 * Writes features for all images but those of the last batches. Uncorrelated,
 * with variances that fall like 1/j, as those of networks about do: PCA takes
 * longer on a flat spectrum.
 */
const makeUpFeatures = Effect.fnUntraced(
  function* (epoch: number) {
    const { configuration, images, network } = yield* Run;
    const { extractBatch, seed } = configuration;
    const columns = network.featureSize;
    const path = yield* spillPath(epoch);
    yield* makeFolder(dirname(path));
    const file = yield* openRowFile(path, columns);
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
