/**
 * Exact nearest neighbours by cosine similarity.
 *
 * @module
 */
export {
  nearestNeighbours,
  type NeighbourOptions,
  type Neighbours,
} from "./nearest_neighbours.ts";
export {
  type NeighboursError,
  type SimilarityBlock,
  type SimilarityBlockOptions,
  similarityBlocks,
} from "./similarity_blocks.ts";
