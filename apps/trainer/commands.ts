/**
 * The commands of the trainer.
 *
 * @module
 */
import { loadModule } from "@deepcluster/core";
import {
  commandGroup,
  type LazyCommand,
  lazyCommand,
} from "@deepcluster/terminal";

/** Begins a run. */
export const train: LazyCommand = lazyCommand(
  "train",
  "Train on a folder of images and write a new run folder",
  loadModule<typeof import("./train_flags.ts")>(
    new URL("./train_flags.ts", import.meta.url),
  ),
  loadModule<typeof import("./train.ts")>(
    new URL("./train.ts", import.meta.url),
  ),
);

/** Continues a run. */
export const resume: LazyCommand = lazyCommand(
  "resume",
  "Continue a run that was stopped",
  loadModule<typeof import("./resume_flags.ts")>(
    new URL("./resume_flags.ts", import.meta.url),
  ),
  loadModule<typeof import("./resume.ts")>(
    new URL("./resume.ts", import.meta.url),
  ),
);

/** How far a run is. */
export const status: LazyCommand = lazyCommand(
  "status",
  "Show how far a run is",
  loadModule<typeof import("./status_flags.ts")>(
    new URL("./status_flags.ts", import.meta.url),
  ),
  loadModule<typeof import("./status.ts")>(
    new URL("./status.ts", import.meta.url),
  ),
);

/** What a run will need. */
export const doctor: LazyCommand = lazyCommand(
  "doctor",
  "Estimate the memory, disk and time that a run will need",
  loadModule<typeof import("./doctor_flags.ts")>(
    new URL("./doctor_flags.ts", import.meta.url),
  ),
  loadModule<typeof import("./doctor.ts")>(
    new URL("./doctor.ts", import.meta.url),
  ),
);

/** What is on disk. */
export const storage: LazyCommand = lazyCommand(
  "storage",
  "List the disk space of runs and caches, and what of it can be removed",
  loadModule<typeof import("./storage_flags.ts")>(
    new URL("./storage_flags.ts", import.meta.url),
  ),
  loadModule<typeof import("./storage.ts")>(
    new URL("./storage.ts", import.meta.url),
  ),
  [
    lazyCommand(
      "remove",
      "Remove runs, caches or parts of them that no process uses",
      loadModule<typeof import("./storage_remove_flags.ts")>(
        new URL("./storage_remove_flags.ts", import.meta.url),
      ),
      loadModule<typeof import("./storage_remove.ts")>(
        new URL("./storage_remove.ts", import.meta.url),
      ),
    ),
  ],
);

/** From nothing to clusters. */
export const demo: LazyCommand = lazyCommand(
  "demo",
  "Train on rendered emoji and show the clusters",
  loadModule<typeof import("./demo_flags.ts")>(
    new URL("./demo_flags.ts", import.meta.url),
  ),
  loadModule<typeof import("./demo.ts")>(new URL("./demo.ts", import.meta.url)),
);

/** How many clusters there should be. */
export const chooseClusters: LazyCommand = lazyCommand(
  "choose-clusters",
  "How many clusters? Tries several numbers and advises on groups to look " +
    "at and on clusters to train with",
  loadModule<typeof import("./choose_clusters_flags.ts")>(
    new URL("./choose_clusters_flags.ts", import.meta.url),
  ),
  loadModule<typeof import("./choose_clusters.ts")>(
    new URL("./choose_clusters.ts", import.meta.url),
  ),
);

/** All of them. */
export const trainer: LazyCommand = commandGroup(
  "trainer",
  "Learn visual features and groups from images without labels (DeepCluster)",
  [train, resume, status, doctor, storage, demo, chooseClusters],
);
