/**
 * From features to clusters: PCA-whitening, k-means, and a report of each
 * clustering.
 *
 * @module
 */
export { Assigner } from "./assign/assigner.ts";
export type { Assign, Assignment } from "./assign/assignment.ts";
export { workerBytes } from "./assign/threaded_assigner.ts";
export {
  adviseClusters,
  type Certainty,
  clearAgreement,
  type ClusterAdvice,
  type LearningRule,
} from "./choose/advise.ts";
export { clusterLadder } from "./choose/ladder.ts";
export {
  clusteredFraction,
  clusterSample,
  type SampleClustering,
  type SampleOptions,
} from "./choose/sample_clustering.ts";
export { structurelessPoints } from "./choose/structureless_points.ts";
export {
  sweepClusters,
  type SweepFigures,
  type SweepOptions,
  type SweepStep,
  type SweptPoints,
} from "./choose/sweep.ts";
export {
  ConstantFeaturesError,
  ForeignStateError,
  TooFewPointsError,
} from "./errors.ts";
export {
  type Clustering,
  initialState,
  type IterationStats,
  kmeans,
  type KMeansError,
  type KMeansOptions,
  type KMeansSaving,
  type KMeansState,
} from "./kmeans/kmeans.ts";
export { type ClusterReport, reportClustering } from "./report.ts";
export {
  formatHistory,
  formatReport,
  parseHistory,
  parseReport,
} from "./report_json.ts";
export {
  type AppliedWhitening,
  applyWhitening,
  type ApplyWhiteningError,
  whitenRows,
} from "./whitening/apply_whitening.ts";
export { fitPca, type Pca, type PcaError } from "./whitening/fit_pca.ts";
export { dimensionsWarning, maxDimensions } from "./whitening/dimensions.ts";
export {
  fitWhitening,
  type Whitening,
  type WhiteningError,
  type WhiteningOptions,
} from "./whitening/fit_whitening.ts";
export {
  whiteningOperations,
  type WhiteningSize,
} from "./whitening/operations.ts";
