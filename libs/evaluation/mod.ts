/**
 * What features are worth: linear probes, also on few images, nearest
 * neighbours, agreement of clusters with classes; results cached and in tables.
 *
 * @module
 */
export {
  type Bench,
  layersNamed,
  splitFor,
  trainingClasses,
  untrainedNames,
} from "./bench.ts";
export { classCounts } from "./class_counts.ts";
export { cacheStorage } from "./evaluation_storage.ts";
export {
  type CombinedFigure,
  combineSeeds,
  type Figure,
  type Judged,
  together,
} from "./figures.ts";
export { judgeAll } from "./judge_all.ts";
export { judgeAssignments, judgeClusters } from "./judge_clusters.ts";
export { judgeKnn } from "./judge_knn.ts";
export { judgeLinear } from "./judge_linear.ts";
export { judgeLowShot } from "./judge_low_shot.ts";
export { openJudgedData } from "./judged_data.ts";
export { openJudgedImages } from "./judged_images.ts";
export { knn, usualNeighbours, usualTemperature } from "./knn.ts";
export { linearProbe } from "./linear_probe.ts";
export { usualShots } from "./low_shot.ts";
export { ProbeDivergedError, ProbesDivergedError } from "./probe_errors.ts";
export { probeDefaults } from "./probe_options.ts";
export {
  resultsAs,
  skippedLines,
  toldDiverged,
  toldSkipped,
} from "./results_table.ts";
