/**
 * Training as a resumable effect: settings, the alternation of clustering and
 * classification as a workflow, and what makes a stopped run resume exactly.
 *
 * @module
 */
export {
  deepCluster,
  type DeepClusterError,
  type Operation,
} from "./deepcluster.ts";
export { SettingsChangedError } from "./errors.ts";
export { type Estimate, estimate, type Plan } from "./estimate.ts";
export { openImages, type OpenImagesError, type RunImages } from "./images.ts";
export { minimumNeeds, type PeakNeeds } from "./minimum_needs.ts";
export { type Phase, phases } from "./phase_timer.ts";
export {
  profile,
  type ProfileOptions,
  type ProfileRun,
} from "./profile_run.ts";
export { profileSizes, type Sizes } from "./profile_sizes.ts";
export type { RunEvent } from "./run.ts";
export { uniformSample } from "./sampler.ts";
export {
  loadStartingModel,
  type StartingModelFileError,
  type StartingSettings,
  startingSettings,
  type StartingSettingsError,
} from "./starting_model.ts";
export { stepsAtOnce } from "./step_inputs.ts";
export {
  type EpochState,
  startOfEpoch,
  trainEpoch,
  type TrainEpochError,
  type TrainEpochOptions,
} from "./train_epoch.ts";
