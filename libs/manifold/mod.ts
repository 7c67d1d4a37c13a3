/**
 * Features in two dimensions: UMAP on exact neighbours, and how far to trust
 * it.
 *
 * @module
 */
export { defaultNeighbours, type Embedding } from "./embedding.ts";
