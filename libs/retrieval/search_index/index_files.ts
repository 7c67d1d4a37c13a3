/**
 * Which files an index folder has, and what they hold.
 *
 * | file                     | holds                                              |
 * | ------------------------ | -------------------------------------------------- |
 * | `settings.json`          | what decides the vectors: model, layer, engine     |
 * | `features-N.f32`         | the vectors, float32, row after row                |
 * | `clusters-N.safetensors` | centroids                                          |
 * | `index.db`               | images, vectors, checksums of blocks, and which `N`|
 * | `index.lock`             | who writes                                         |
 * | `rmac.safetensors`       | the PCA of R-MAC                                   |
 * | `curation.json`          | names, merges and dismissals of clusters           |
 * | `graph.usearch`, `.json` | approximate search, a cache (`search/graph_cache`) |
 * | `random-pairs.json`      | scores of random pairs, a cache of the same search |
 *
 * A commit of `index.db` is what moves an index from one state to the next:
 * vectors behind the recorded rows, and files of another `N`, do not count.
 *
 * @module
 */

/** Names of the files whose name never changes. */
export const indexFiles = {
  settings: "settings.json",
  database: "index.db",
  lock: "index.lock",
} as const;

/**
 * Names the file of vectors.
 *
 * @param generation From 1; one more after every compaction.
 * @returns The name.
 */
export const vectorsName = (generation: number): string =>
  `features-${generation}.f32`;

/**
 * Names the file of centroids.
 *
 * @param generation From 1; one more whenever clusters are computed anew.
 * @returns The name.
 */
export const centroidsName = (generation: number): string =>
  `clusters-${generation}.safetensors`;
