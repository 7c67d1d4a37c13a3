/**
 * What features are worth: linear probes, also on few images, nearest
 * neighbours, agreement of clusters with classes; results cached and in tables.
 *
 * @module
 */
// What is evaluated: images with labels, their split, a model.
export {
  openEvaluationData,
  type OpenEvaluationDataError,
} from "./evaluation_data.ts";
export {
  imagesFor,
  openEvaluationImages,
  type OpenEvaluationImagesError,
  openReadableImages,
  type ReadableImages,
} from "./evaluation_images.ts";
export {
  type EvaluationTask,
  readableSplit,
  selectLayers,
  trainingLabels,
  untrainedClassNames,
} from "./task.ts";
export { classCounts } from "./class_counts.ts";

// Everything that fits the images, beside random weights and pixels.
export { evaluateAll, type EvaluateAllError } from "./evaluate_all.ts";

// Protocols, each in a folder of its own.
export {
  evaluateLinear,
  type EvaluateLinearError,
} from "./linear_probe/evaluate_linear.ts";
export { evaluateKnn, type EvaluateKnnError } from "./knn/evaluate_knn.ts";
export {
  evaluateLowShot,
  type EvaluateLowShotError,
} from "./low_shot/evaluate_low_shot.ts";
export {
  evaluateAssignments,
  type EvaluateAssignmentsError,
  evaluateClusters,
  type EvaluateClustersError,
} from "./clusters/evaluate_clusters.ts";

// The numeric code of protocols, with their defaults and errors.
export {
  linearProbe,
  type LinearProbeError,
} from "./linear_probe/linear_probe.ts";
export { defaultTemperature, probeDefaults } from "./defaults.ts";
export {
  ProbeDivergedError,
  ProbesDivergedError,
} from "./linear_probe/probe_errors.ts";
export { defaultNeighbours, knn } from "./knn/knn.ts";
export { defaultShots } from "./low_shot/low_shot.ts";

// Results: over seeds, as tables, in the cache.
export {
  type CombinedResult,
  combineSeeds,
  type EvaluationResult,
  mergeResults,
  type MetricResult,
} from "./results.ts";
export {
  divergedJson,
  formatResults,
  skippedJson,
  skippedLines,
} from "./results_table.ts";
export { cacheStorage } from "./evaluation_storage.ts";
