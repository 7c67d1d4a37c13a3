/**
 * Rewrites of graphs, with the same results: what costs less in another order.
 * An engine chooses those that it gains by.
 *
 * @module
 */
export {
  blocksOf,
  normalizeAfterPool,
  type NormalizedBlock,
} from "./normalize_after_pool.ts";
export { constantValues, foldNormalization } from "./fold_normalization.ts";
export { reluAfterPool } from "./relu_after_pool.ts";
