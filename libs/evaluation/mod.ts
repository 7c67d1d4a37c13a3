/**
 * What features are worth: linear probes, also on few images, nearest
 * neighbours, agreement of clusters with classes; results cached and in tables.
 *
 * @module
 */
export {
  type EvaluationTask,
  readableSplit,
  selectLayers,
  trainingLabels,
  untrainedClassNames,
} from "./task.ts";
export { classCounts } from "./class_counts.ts";
export { cacheStorage } from "./evaluation_storage.ts";
export {
  type CombinedResult,
  combineSeeds,
  type EvaluationResult,
  mergeResults,
  type MetricResult,
} from "./results.ts";
export { evaluateAll } from "./evaluate_all.ts";
export {
  evaluateAssignments,
  evaluateClusters,
} from "./clusters/evaluate_clusters.ts";
export { evaluateKnn } from "./knn/evaluate_knn.ts";
export { evaluateLinear } from "./linear_probe/evaluate_linear.ts";
export { evaluateLowShot } from "./low_shot/evaluate_low_shot.ts";
export { openEvaluationData } from "./evaluation_data.ts";
export { openEvaluationImages } from "./evaluation_images.ts";
export { defaultNeighbours, defaultTemperature, knn } from "./knn/knn.ts";
export { linearProbe } from "./linear_probe/linear_probe.ts";
export { defaultShots } from "./low_shot/low_shot.ts";
export {
  ProbeDivergedError,
  ProbesDivergedError,
} from "./linear_probe/probe_errors.ts";
export { probeDefaults } from "./linear_probe/probe_options.ts";
export {
  divergedJson,
  formatResults,
  skippedJson,
  skippedLines,
} from "./results_table.ts";
