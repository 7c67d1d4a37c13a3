/**
 * The file of a run's map: positions are computed once, and kept in the run
 * folder until something that they depend on changes.
 *
 * @module
 */
import { floatTensor, intTensor, matrix } from "@deepcluster/core";
import type { Embedding } from "@deepcluster/manifold";
import { runFiles } from "@deepcluster/runs";
import {
  loadTensors,
  saveTensors,
  type SaveTensorsError,
  type Store,
} from "@deepcluster/storage";
import { Effect } from "effect";

/** Positions of some images of a run. */
export interface MapPositions extends Embedding {
  /** Everything that they depend on. */
  readonly key: string;
  /** The image of each position, its rank among the run's images. */
  readonly indices: Int32Array;
  /** Images that were to be on the map and could not be read. */
  readonly leftOut: number;
  /** The weights that made the features are those of the end of this epoch. */
  readonly epoch: number;
}

/**
 * Reads the map that is kept.
 *
 * @param store The run's store.
 * @returns The map, or nothing where there is none, or none that is intact.
 */
export const readMapPositions: (
  store: Store,
) => Effect.Effect<MapPositions | undefined> = Effect.fnUntraced(
  function* (store) {
    const file = yield* Effect.option(loadTensors(store, runFiles.map));
    if (file._tag === "None") return undefined;
    const { tensors, metadata } = file.value;
    const { positions, indices } = tensors;
    const { key, kind, ...figures } = metadata;
    if (
      !(positions?.data instanceof Float32Array) ||
      !(indices?.data instanceof Int32Array) ||
      positions.data.length !== 2 * indices.data.length ||
      key === undefined || (kind !== "umap" && kind !== "centroids")
    ) return undefined;
    const figure = (name: string) => Number(figures[name]);
    return {
      key,
      kind,
      positions: matrix(indices.data.length, 2, positions.data),
      indices: indices.data,
      leftOut: figure("leftOut"),
      epoch: figure("epoch"),
      seed: figure("seed"),
      ...figures["trustworthiness"] !== undefined && {
        trustworthiness: figure("trustworthiness"),
        measuredOn: figure("measuredOn"),
      },
    };
  },
);

/**
 * Keeps a map, in place of the one before. Killed amid that, the one before is
 * still there.
 *
 * @param store The run's store.
 * @param map The map.
 * @returns Nothing, or `StorageError`.
 */
export const writeMapPositions = (
  store: Store,
  { positions, indices, ...figures }: MapPositions,
): Effect.Effect<void, SaveTensorsError> =>
  Effect.asVoid(saveTensors(
    store,
    runFiles.map,
    {
      positions: floatTensor([positions.rows, 2], positions.data),
      indices: intTensor([indices.length], indices),
    },
    Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [name, String(value)]),
    ),
  ));
