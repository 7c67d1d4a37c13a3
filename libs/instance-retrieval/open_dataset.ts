/**
 * Opens a dataset of instance retrieval by its name.
 *
 * @module
 */
import type { Effect } from "effect";
import type {
  InstanceDataset,
  InstanceDatasetName,
} from "./instance_dataset.ts";
import { openOriginalDataset } from "./original_dataset.ts";
import {
  openRevisitedDataset,
  type RevisitedError,
} from "./revisited_dataset.ts";

/** What {@link openInstanceDataset} can fail with. */
export type OpenInstanceError = RevisitedError;

/**
 * Opens a dataset as it is distributed.
 *
 * @param name Which one.
 * @param root Its folder.
 * @returns The dataset, or `InstanceDatasetError` when the folder does not hold
 * it, or the errors of pickles, or `StorageError`.
 */
export const openInstanceDataset = (
  name: InstanceDatasetName,
  root: string,
): Effect.Effect<InstanceDataset, OpenInstanceError> =>
  name === "oxford5k" || name === "paris6k"
    ? openOriginalDataset(name, root)
    : openRevisitedDataset(name, root);
