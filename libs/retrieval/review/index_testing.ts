/**
 * An index in memory: rows in the plane, at given angles.
 *
 * @module
 */
import { matrix, Progress, rowsOf } from "@deepcluster/core";
import { layerReference } from "@deepcluster/gpu-backend";
import { Layer } from "effect";
import { openSearcher } from "../search/open_searcher.ts";
import type { IndexedImage } from "../search_index/indexed_image.ts";

/** What the tests need of services. */
export const services = Layer.mergeAll(layerReference, Progress.layerSilent);

/** An image of {@link indexAt}. */
export type MadeImage = Partial<IndexedImage> & {
  /** Its name. */
  readonly path: string;
  /** Degrees; images at the same angle have the same row. */
  readonly at: number;
};

/**
 * Makes an index.
 *
 * @param made Its images.
 * @param clusterOf Cluster and distance of an angle. Default: no cluster.
 * @returns The part of a search index that is in memory.
 */
export const indexAt = (
  made: readonly MadeImage[],
  clusterOf: (angle: number) => readonly [cluster: number, distance: number] =
    () => [-1, 0],
) => {
  const angles = [...new Set(made.map(({ at }) => at))];
  const images = made.map(({ at, path, ...more }, i): IndexedImage => ({
    id: i + 1,
    root: "/images",
    path,
    size: 100,
    modifiedMs: 0,
    sha256: `bytes of ${path}`,
    pixels: `pixels at ${at}`,
    width: 10,
    height: 10,
    vector: angles.indexOf(at),
    ...more,
  }));
  return {
    folder: "/none",
    images,
    live: Int32Array.from(angles.keys()),
    vectors: rowsOf(matrix(
      angles.length,
      2,
      Float32Array.from(angles.flatMap((angle) => [
        Math.cos(angle * Math.PI / 180),
        Math.sin(angle * Math.PI / 180),
      ])),
    )),
    clusters: Int32Array.from(angles, (angle) => clusterOf(angle)[0]),
    distances: Float32Array.from(angles, (angle) => clusterOf(angle)[1]),
  };
};

/** Opens the search of such an index. */
export const searcherOf = (index: ReturnType<typeof indexAt>) =>
  openSearcher(index as unknown as Parameters<typeof openSearcher>[0], {
    mode: "exact",
  });

/** The cosine of so many degrees. */
export const cosine = (degrees: number): number =>
  Math.cos(degrees * Math.PI / 180);
