/**
 * The kinds of folders that `storage` knows: a new kind is one entry here.
 *
 * @module
 */
import { cacheStorage } from "@deepcluster/evaluation/evaluation-storage";
import { indexStorage } from "@deepcluster/retrieval/index-storage";
import { runStorage } from "@deepcluster/runs/run-storage";
import type { StorageKind } from "@deepcluster/storage";
import { vocStorage } from "@deepcluster/voc/voc-storage";

/** Every kind; the first that recognises a folder has it. */
export const storageKinds: readonly StorageKind[] = [
  vocStorage,
  runStorage,
  indexStorage,
  cacheStorage,
];
