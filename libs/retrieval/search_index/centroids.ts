/**
 * The centroids of an index, in a file that carries its digest.
 *
 * @module
 */
import {
  type FloatTensor,
  floatTensor,
  type Matrix,
  matrix,
} from "@deepcluster/core";
import {
  folderStore,
  loadTensors,
  type SafetensorsError,
  saveTensors,
  type StorageError,
} from "@deepcluster/storage";
import { Effect } from "effect";
import { DamagedIndexError } from "./errors.ts";
import type { ClustersState, IndexReadError } from "./index_database.ts";
import { centroidsName } from "./index_files.ts";

/** What {@link saveCentroids} fails with. */
export type SaveCentroidsError = SafetensorsError | StorageError;

/**
 * Saves centroids.
 *
 * @param folder The index folder.
 * @param generation Number of the file.
 * @param centroids `[k, c]`.
 * @returns Nothing, or the errors of writing.
 */
export const saveCentroids = (
  folder: string,
  generation: number,
  { rows, columns, data }: Matrix,
): Effect.Effect<void, SaveCentroidsError> =>
  Effect.asVoid(
    saveTensors(folderStore(folder), centroidsName(generation), {
      centroids: floatTensor([rows, columns], data),
    }),
  );

/**
 * Reads the centroids of an index.
 *
 * @param folder The index folder.
 * @param columns Values of a vector.
 * @param clusters Which; absent: the index has none.
 * @returns `[k, c]`, `[0, d]` without clusters; or `DamagedIndexError`, or
 * `StorageError`.
 */
export const readCentroids: (
  folder: string,
  columns: number,
  clusters: ClustersState | undefined,
) => Effect.Effect<Matrix, IndexReadError> = Effect.fnUntraced(
  function* (folder, columns, clusters) {
    if (clusters === undefined) return matrix(0, columns);
    const name = centroidsName(clusters.generation);
    const { tensors } = yield* loadTensors(folderStore(folder), name).pipe(
      Effect.catchTags({
        CorruptArtifactError: ({ path }) => damaged(path, "it has changed"),
        SafetensorsError: ({ path, found }) => damaged(path, found),
      }),
    );
    const { data, shape } = tensors["centroids"] as FloatTensor;
    return matrix(shape[0]!, shape[1]!, data);
  },
);

const damaged = (path: string, found: string) =>
  new DamagedIndexError({
    path,
    found,
    advice:
      "`retrieve index`, called as before with --recluster, makes it again",
  });
