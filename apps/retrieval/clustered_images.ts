/**
 * The clusters of a run or of an index, with their images: what `clusters`
 * takes away.
 *
 * @module
 */
import type { Matrix } from "@deepcluster/core";
import { openSource } from "@deepcluster/datasets";
import type { Curation, IndexedImage } from "@deepcluster/retrieval";
import { openRunClusters, readAssignments } from "@deepcluster/runs";
import { folderStore, kindOf } from "@deepcluster/storage";
import { fromHere } from "@deepcluster/terminal";
import { Effect } from "effect";
import { join } from "node:path";
import { curationOf, openIndex } from "./opened_index.ts";

/** An image with its cluster. */
export type ClusteredImage =
  & Pick<IndexedImage, "root" | "path" | "file">
  & {
    /** Its cluster, from 0; -1: none. */
    readonly cluster: number;
    /** Distance to its centroid, where it is known. */
    readonly distance?: number;
  };

/** Clusters with their images. */
export interface ClusteredImages {
  /** For people. */
  readonly title: string;
  /** The images. */
  readonly images: readonly ClusteredImage[];
  /** `[k, c]`. */
  readonly centroids: Matrix;
  /** What is said of the clusters. */
  readonly curation: Pick<Curation, "notes">;
}

/**
 * Opens the clusters of a folder.
 *
 * @param typed A run folder or an index folder, as it was typed.
 * @returns The clusters, or why they cannot be opened.
 */
export const openClusters = Effect.fnUntraced(function* (typed: string) {
  const isIndex = (yield* kindOf(join(fromHere(typed), "index.db"))) === "file";
  return isIndex ? yield* ofIndex(typed) : yield* ofRun(typed);
});

const ofIndex = Effect.fnUntraced(function* (typed: string) {
  const index = yield* openIndex(typed);
  const { clusters, distances } = index;
  return {
    title: `Clusters of ${typed}`,
    images: index.images.map(({ vector, ...image }) => ({
      ...image,
      cluster: clusters[vector]!,
      distance: distances[vector]!,
    })),
    centroids: index.centroids,
    curation: yield* curationOf(index),
  } satisfies ClusteredImages;
});

const ofRun = Effect.fnUntraced(function* (typed: string) {
  const folder = fromHere(typed);
  const { assignments, centroids, distances, epoch, model } =
    yield* openRunClusters(folder);
  const { paths } = yield* readAssignments(folderStore(folder), epoch);
  const { images: root, folderReading, format, pathColumn } =
    model.run.configuration;
  const files = yield* openSource(root, {
    reading: folderReading ?? "all files",
    ...format !== undefined && { format },
    ...pathColumn !== undefined && { pathField: pathColumn },
  }).pipe(
    Effect.map(({ source }) =>
      new Map(
        source.ids.map((id, index) => [id, source.payload(index)]),
      )
    ),
    Effect.catch((error) =>
      Effect.as(
        Effect.logWarning(`The images of the run are not there: ${error}`),
        new Map<string, never>(),
      )
    ),
  );
  return {
    title: `Clusters of ${typed}, epoch ${epoch}`,
    images: paths.map((path, i) => {
      const payload = files.get(path);
      return {
        root,
        path,
        ...payload?.kind === "file" && { file: payload.path },
        cluster: assignments[i]!,
        ...distances && { distance: distances[i]! },
      };
    }),
    centroids,
    curation: { notes: new Map() },
  } satisfies ClusteredImages;
});
