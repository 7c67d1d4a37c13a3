/**
 * Instance retrieval: R-MAC on Oxford5k, Paris6k and their revisited versions,
 * from their files to the figures.
 *
 * Paper: section 5.3.
 *
 * @module
 */
export {
  type InstanceDataset,
  type InstanceDatasetName,
  instanceDatasets,
  type InstanceProtocol,
  type InstanceQuery,
  type NamedPicture,
} from "./instance_dataset.ts";
export { openInstanceDataset, type OpenInstanceError } from "./open_dataset.ts";
export {
  evaluateInstance,
  type EvaluateInstanceError,
  type EvaluateInstanceOptions,
  type InstanceEvaluation,
  type InstanceResult,
} from "./evaluate_instance.ts";
export {
  type Judgement,
  positiveRanks,
  precisionAt,
  trapezoidalPrecision,
} from "./ranking_metrics.ts";
export { InstanceDatasetError } from "./errors.ts";
