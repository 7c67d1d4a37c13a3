/**
 * A run folder as training leaves it, made from tables: for tests of what is
 * shown of a run, and for measuring on runs of any size.
 *
 * @module
 */
import {
  inEpoch,
  parseConfiguration,
  type RunConfiguration,
  saveConfiguration,
  writeAssignments,
  writeRunImages,
} from "@deepcluster/runs";
import { floatTensor, type Tensors } from "@deepcluster/core";
import { folderStore, saveTensors } from "@deepcluster/storage";
import { Effect } from "effect";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a made run holds. */
export interface MadeRun {
  /** The source of its images. */
  readonly images: string;
  /** Names of its images. */
  readonly paths: readonly string[];
  /** SHA-256 of each. */
  readonly sha256s: readonly string[];
  /** `[n]` clusters in each epoch, from epoch 1. */
  readonly epochs: readonly Int32Array[];
  /** Clusters by the settings. */
  readonly clusters: number;
  /** `[k, c]` centroids of the newest epoch, row-major. */
  readonly centroids?: Float32Array;
  /** `[n]` distances in the newest epoch. */
  readonly distances?: Float32Array;
}

/**
 * Writes a run folder.
 *
 * @param folder An existing folder.
 * @param run What it holds.
 * @returns Its settings.
 */
export const writeMadeRun = Effect.fnUntraced(function* (
  folder: string,
  run: MadeRun,
) {
  const { images, paths, sha256s, epochs, clusters } = run;
  const configuration: RunConfiguration = yield* parseConfiguration({
    images,
    clusters,
    epochs: epochs.length,
    folderReading: "training part",
    model: "small",
    size: 32,
    seed: 7,
  }, "made run");
  yield* saveConfiguration(folder, configuration);
  writeFileSync(join(folder, "run.lock"), "");
  const store = folderStore(folder);
  yield* writeRunImages(store, { ids: paths, sha256s, leftOut: [] });
  for (const [i, assignments] of epochs.entries()) {
    yield* writeAssignments(store, i + 1, { paths, clusters: assignments });
  }
  const { centroids, distances } = run;
  const tensors: Tensors = {
    ...centroids && {
      centroids: floatTensor(
        [clusters, centroids.length / clusters],
        centroids,
      ),
    },
    ...distances && { distances: floatTensor([distances.length], distances) },
  };
  yield* saveTensors(
    store,
    inEpoch("clusters", epochs.length, ".safetensors"),
    tensors,
  );
  return configuration;
});
