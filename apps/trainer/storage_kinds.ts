/**
 * The kinds of folders that `storage` knows: a new kind is one entry here.
 *
 * @module
 */
import { cacheStorage } from "@deepcluster/evaluation";
import { indexStorage } from "@deepcluster/retrieval";
import { runStorage } from "@deepcluster/runs";
import type { StorageKind } from "@deepcluster/storage";
import { vocStorage } from "@deepcluster/voc";

/** Every kind; the first that recognises a folder has it. */
export const storageKinds: readonly StorageKind[] = [
  vocStorage,
  runStorage,
  indexStorage,
  cacheStorage,
];
