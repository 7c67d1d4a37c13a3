/**
 * The kinds of folders that `storage` knows: a new kind is one entry here.
 *
 * @module
 */
import type { StorageKind } from "@deepcluster/checkpoint";
import { cacheStorage, vocStorage } from "@deepcluster/evaluation";
import { runStorage } from "@deepcluster/training";

/** Every kind; the first that recognises a folder has it. */
export const storageKinds: readonly StorageKind[] = [
  vocStorage,
  runStorage,
  cacheStorage,
];
