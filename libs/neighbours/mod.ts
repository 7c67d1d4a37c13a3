/**
 * Exact nearest neighbours by cosine similarity.
 *
 * @module
 */
export {
  nearestNeighbours,
  type NeighbourOptions,
  type Neighbours,
  type NeighboursError,
} from "./nearest_neighbours.ts";
