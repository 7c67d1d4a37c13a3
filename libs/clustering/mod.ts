/**
 * Features to clusters: PCA-whitening, k-means, normalised mutual information
 * and a report of each clustering.
 *
 * @module
 */
export { Assigner, type Assignment } from "./assign/assigner.ts";
export { threadBytes } from "./assign/threaded_assigner.ts";
export {
  ConstantFeaturesError,
  ForeignStateError,
  TooFewPointsError,
} from "./errors.ts";
export {
  type Clustering,
  kmeans,
  type KMeansError,
  type KMeansOptions,
  type KMeansSaving,
  type KMeansState,
  start,
} from "./kmeans/kmeans.ts";
export { type ClusterReport, reportClustering } from "./report.ts";
export { dimensionsWarning, mostDimensions } from "./whitening/dimensions.ts";
export { project, reduce } from "./whitening/reduce.ts";
export { whiten } from "./whitening/whiten.ts";
