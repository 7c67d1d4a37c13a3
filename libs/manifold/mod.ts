/**
 * Features in two dimensions: UMAP on exact neighbours, and how far to trust
 * it.
 *
 * @module
 */
export { alignAxes } from "./align_axes.ts";
export {
  defaultNeighbours,
  embed,
  embedByCentroids,
  type Embedding,
  embeddingVersion,
} from "./embedding.ts";
export { placeByCentroids, placingCentroids } from "./place_by_centroids.ts";
export {
  type Trustworthiness,
  trustworthiness,
  type TrustworthinessOptions,
} from "./trustworthiness.ts";
export { umap, type UmapOptions } from "./umap.ts";
