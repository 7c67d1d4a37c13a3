/**
 * Features to clusters: PCA-whitening, k-means, normalised mutual information
 * and a report of each clustering.
 *
 * @module
 */
export * from "./assign/assigner.ts";
export * from "./contingency.ts";
export * from "./whitening/dimensions.ts";
export * from "./kmeans/empty_clusters.ts";
export * from "./errors.ts";
export * from "./kmeans/kmeans.ts";
export * from "./nmi.ts";
export * from "./whitening/reduce.ts";
export * from "./report.ts";
export * from "./kmeans/sizes.ts";
export * from "./whitening/whiten.ts";
export {
  type AssigningEngine,
  type AssignmentSize,
  threadBytes,
} from "./assign/threaded_assigner.ts";
