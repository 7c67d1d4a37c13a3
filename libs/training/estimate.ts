/**
 * What a run will need: memory, disk and time, from a profile of it and from the
 * number of its images.
 *
 * @module
 */
import { whiteningOperations, workerBytes } from "@deepcluster/clustering";
import type { Capabilities } from "@deepcluster/gpu-backend";
import type { Network } from "@deepcluster/models";
import type { RunConfiguration } from "@deepcluster/runs";
import { type Phase, phases } from "./phase_timer.ts";
import type { ProfileRun } from "./profile_run.ts";
import { extended } from "./profile_sizes.ts";
import { stepsPerEpoch } from "./train_epoch.ts";

/** The run to estimate. */
export interface Plan {
  /** The run's settings. */
  readonly configuration: RunConfiguration;
  /** Its images. */
  readonly images: number;
  /** Its network. */
  readonly network: Network;
  /** Ends of epochs whose checkpoints stay. */
  readonly keep: number;
  /** Time between two saves in a long step. */
  readonly saveEveryMs: number;
  /** Memory for decoded images. */
  readonly cacheBytes: number;
  /** What the engine can do. */
  readonly capabilities: Capabilities;
  /** Operations a second of the engine in a large product of matrices. */
  readonly flops: number;
}

/** What a run needs. */
export interface Estimate {
  /** Largest resident memory of the process, in bytes, by phase. */
  readonly memory: Readonly<Record<Phase, number>>;
  /** Size of the run folder at its largest, in bytes, by phase. */
  readonly disk: Readonly<Record<"features" | "cluster" | "train", number>>;
  /** Size of the run folder once the run is finished, in bytes. */
  readonly finalDisk: number;
  /** Duration of the survey, once, and of the phases of an epoch. */
  readonly ms: Readonly<Record<Phase, number>>;
  /** Duration of the run. */
  readonly totalMs: number;
}

/**
 * Estimates what a run needs.
 *
 * @param plan See {@link Plan}.
 * @param profiles Trials of the run in the sizes of `profileSizes`.
 * @returns See {@link Estimate}.
 */
export const estimate = (
  plan: Plan,
  profiles: readonly [ProfileRun, ...ProfileRun[]],
): Estimate => {
  const profile = {
    ...profiles[0],
    laps: extended(profiles, plan.configuration),
  };
  const ms = timesOf(plan, profile);
  const epochMs = ms.extract + ms.reduce + ms.cluster + ms.train;
  return {
    memory: memoryOf(plan, profile),
    ...diskOf(plan, profile, ms),
    ms,
    totalMs: ms.survey + plan.configuration.epochs * epochMs,
  };
};

/**
 * Bytes that an image takes besides its pixels: its digest and its stamp, as
 * `survey` says, and its place in the cache, as `makeCache` says.
 */
const bytesPerImage = 64 + 20;

/** What the profile took, and what further images and rows add to it. */
const memoryOf = (
  plan: Plan,
  { imageBytes, laps, rows, sampled }: ProfileRun,
): Estimate["memory"] => {
  const { cacheBytes, capabilities, images } = plan;
  const cached = Math.min(images * imageBytes, cacheBytes);
  const held = Math.max(0, cached - sampled * imageBytes) +
    (images - sampled) * bytesPerImage;
  const reduced = 4 * componentsOf(plan);
  const bytesPerRow: Readonly<Record<Phase, number>> = {
    survey: 0,
    // Positions in the order of reading.
    extract: 4,
    // Reduced features.
    reduce: reduced,
    // Reduced features; labels of two iterations and of the epoch before;
    // distances in double; references to names.
    cluster: reduced + 3 * 4 + 8 + 8,
    // Pseudo-labels, members of the clusters, the order of training.
    train: 3 * 4,
  };
  const { configuration } = plan;
  const beside: Partial<Record<Phase, number>> = {
    cluster: workerBytes({ threads: configuration.threads, capabilities }, {
      n: images,
      d: componentsOf(plan),
      k: configuration.clusters,
    }),
  };
  return byPhase((phase) =>
    laps[phase].peakBytes + held + (images - rows) * bytesPerRow[phase] +
    (beside[phase] ?? 0)
  );
};

/** What the profile took, and what further units add to it. */
const timesOf = (
  plan: Plan,
  { laps, rows }: ProfileRun,
): Estimate["ms"] => {
  const { configuration, flops, images, network: { featureSize } } = plan;
  const { batch, kmeansIterations } = configuration;
  const operations = whiteningOperations({
    rows: images,
    columns: featureSize,
    components: componentsOf(plan),
  });
  const unitsMs: Readonly<Record<Phase, number>> = {
    survey: images * laps.survey.unitMs,
    extract: images * laps.extract.unitMs,
    // An eigenproblem, of the same size however many rows there are; products.
    reduce: 1000 * (images - rows) * operations / flops,
    // Points are assigned to the final centroids once more.
    cluster: (kmeansIterations + 1) * laps.cluster.unitMs * images / rows,
    train: stepsPerEpoch(images, configuration) * batch * laps.train.unitMs,
  };
  /** Of the profile's units, how many are counted in `unitsMs` instead. */
  const counted = (phase: Phase) =>
    ({ reduce: 0, cluster: laps.cluster.units + 1 })[phase as string] ??
      laps[phase].units;
  return byPhase((phase) => {
    const { ms, unitMs } = laps[phase];
    return Math.max(0, ms - counted(phase) * unitMs) + unitsMs[phase];
  });
};

/** Files of a run folder, at the moments when there are most of them. */
const diskOf = (
  plan: Plan,
  profile: ProfileRun,
  ms: Estimate["ms"],
): Pick<Estimate, "disk" | "finalDisk"> => {
  const { configuration, images, keep, network, saveEveryMs } = plan;
  const { epochs, kmeansIterations } = configuration;
  const { checkpointBytes, initialBytes, rows } = profile;
  const further = images - rows;
  const spilled = 4 * network.featureSize * images;
  const reduced = profile.reducedBytes + 4 * componentsOf(plan) * further;
  const clustering = profile.clusteringBytes + 4 * further;
  // One for every epoch, and one of the names alone.
  const tables = (epochs + 1) * profile.assignmentsBytes * images / rows;
  /** What is kept of some epochs, and of the beginning where there is room. */
  const kept = (epochs: number) =>
    tables + Math.min(keep, epochs) * (checkpointBytes + clustering) +
    (keep > epochs ? initialBytes : 0);
  const saves = (phaseMs: number, most: number) =>
    Math.min(most, Math.floor(phaseMs / saveEveryMs));
  const before = kept(epochs - 1);
  return {
    disk: {
      features: before + spilled + reduced,
      cluster: before + reduced +
        (1 + saves(ms.cluster, kmeansIterations)) * clustering,
      // Of the saves within an epoch two stay until its end is saved.
      train: before + clustering + (1 + saves(ms.train, 2)) * checkpointBytes,
    },
    finalDisk: kept(epochs),
  };
};

const componentsOf = ({ configuration, network }: Plan): number =>
  Math.min(configuration.pca, network.featureSize);

const byPhase = <A>(map: (phase: Phase) => A) =>
  Object.fromEntries(phases.map((phase) => [phase, map(phase)])) as Record<
    Phase,
    A
  >;
