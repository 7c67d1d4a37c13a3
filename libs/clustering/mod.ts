/**
 * Features to clusters: PCA-whitening, k-means, normalised mutual information
 * and a report of each clustering.
 *
 * @module
 */
export * from "./assigner.ts";
export * from "./contingency.ts";
export * from "./dimensions.ts";
export * from "./empty_clusters.ts";
export * from "./errors.ts";
export * from "./kmeans.ts";
export * from "./nmi.ts";
export * from "./reduce.ts";
export * from "./report.ts";
export * from "./sizes.ts";
export * from "./whiten.ts";
export { type AssignmentSize, threadBytes } from "./threaded_assigner.ts";
