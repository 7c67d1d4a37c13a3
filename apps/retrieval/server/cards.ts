/**
 * Indexed images as the lists of the API show them.
 *
 * @module
 */
import type {
  Curation,
  IndexedImage,
  SearchIndex,
} from "@deepcluster/retrieval";
import { mergedRoot } from "@deepcluster/retrieval";
import { basename } from "node:path";
import type { ImageCard } from "./answers.ts";

/** An index with what was said of its clusters. */
export interface Shown {
  /** The index. */
  readonly index: SearchIndex;
  /** The present images that have a row, by id. */
  readonly imagesOf: (row: number) => readonly IndexedImage[];
  /** Names, merges and dismissals of its clusters. */
  readonly curation: Pick<Curation, "notes">;
}

/**
 * Tells which cluster an image is counted with.
 *
 * @param shown The index.
 * @param row The image's row.
 * @returns The cluster; undefined when it has none.
 */
export const clusterOf = (
  { index, curation }: Shown,
  row: number,
): number | undefined => {
  const cluster = index.clusters[row] ?? -1;
  return cluster < 0 ? undefined : mergedRoot(curation, cluster);
};

/**
 * Makes the card of an image.
 *
 * @param shown The index that it is of.
 * @param image The image.
 * @param copies Further images with the same vector.
 * @returns The card.
 */
export const cardOf = (
  shown: Shown,
  image: IndexedImage,
  copies: number = shown.imagesOf(image.vector).length - 1,
): ImageCard => {
  const { id, path, width, height, vector } = image;
  const cluster = clusterOf(shown, vector);
  const name = cluster === undefined
    ? undefined
    : shown.curation.notes.get(cluster)?.name;
  const distance = shown.index.distances[vector];
  return {
    id,
    name: basename(path),
    path,
    width,
    height,
    ...cluster !== undefined && { cluster },
    ...name !== undefined && { clusterName: name },
    ...cluster !== undefined && distance !== undefined &&
      Number.isFinite(distance) && { distance },
    copies,
    thumbnail: `/api/images/${id}/thumbnail`,
    original: `/api/images/${id}`,
  };
};
