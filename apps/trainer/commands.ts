/**
 * The commands of the trainer.
 *
 * @module
 */
import {
  commandGroup,
  type LazyCommand,
  lazyCommand,
} from "@deepcluster/terminal";

/** Begins a run. */
export const train: LazyCommand = lazyCommand<typeof import("./train.ts")>(
  "train",
  "Train on a folder of images and write a new run folder",
  new URL("./train.ts", import.meta.url),
  ({ train }) => train,
);

/** Continues a run. */
export const resume: LazyCommand = lazyCommand<typeof import("./resume.ts")>(
  "resume",
  "Continue a run that was stopped",
  new URL("./resume.ts", import.meta.url),
  ({ resume }) => resume,
);

/** How far a run is. */
export const status: LazyCommand = lazyCommand<typeof import("./status.ts")>(
  "status",
  "Show how far a run is",
  new URL("./status.ts", import.meta.url),
  ({ status }) => status,
);

/** What a run will need. */
export const doctor: LazyCommand = lazyCommand<typeof import("./doctor.ts")>(
  "doctor",
  "Estimate the memory, disk and time that a run will need",
  new URL("./doctor.ts", import.meta.url),
  ({ doctor }) => doctor,
);

/** What is on disk. */
export const storage: LazyCommand = lazyCommand<typeof import("./storage.ts")>(
  "storage",
  "List the disk space of runs and caches, and what of it can be removed",
  new URL("./storage.ts", import.meta.url),
  ({ storage }) => storage,
);

/** From nothing to clusters. */
export const demo: LazyCommand = lazyCommand<typeof import("./demo.ts")>(
  "demo",
  "Train on rendered emoji and show the clusters",
  new URL("./demo.ts", import.meta.url),
  ({ demo }) => demo,
);

/** How many clusters there should be. */
export const chooseClusters: LazyCommand = lazyCommand<
  typeof import("./choose_clusters.ts")
>(
  "choose-clusters",
  "How many clusters? Tries several numbers and advises on groups to look " +
    "at and on clusters to train with",
  new URL("./choose_clusters.ts", import.meta.url),
  ({ chooseClusters }) => chooseClusters,
);

/** All of them. */
export const trainer: LazyCommand = commandGroup(
  "trainer",
  "Learn visual features and groups from images without labels (DeepCluster)",
  [train, resume, status, doctor, storage, demo, chooseClusters],
);
