/**
 * Files of an index that do not count any more.
 *
 * @module
 */
import { attempt, removeFile, type StorageError } from "@deepcluster/storage";
import { Effect } from "effect";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { IndexState } from "./index_database.ts";
import { centroidsName, vectorsName } from "./index_files.ts";

/**
 * Removes vectors and centroids of other generations than the index has.
 *
 * @param folder The index folder, whose lock the caller holds.
 * @param state Of the index.
 * @returns Nothing, or `StorageError`.
 */
export const removeLeftOver: (
  folder: string,
  state: IndexState,
) => Effect.Effect<void, StorageError> = Effect.fnUntraced(
  function* (folder, { generation, clusters }) {
    const counting = [
      vectorsName(generation),
      centroidsName(clusters?.generation ?? 0),
    ];
    const names = yield* attempt("list", folder, () => readdir(folder));
    for (const name of names) {
      if (!generations.test(name) || counting.includes(name)) continue;
      yield* removeFile(join(folder, name));
    }
  },
);

const generations = /^(features-\d+\.f32|clusters-\d+\.safetensors)$/;
