/**
 * Training as a resumable effect: settings, the alternation of clustering and
 * classification as a workflow, and what makes a stopped run go on exactly.
 *
 * @module
 */
export * from "./alternation.ts";
export * from "./begun.ts";
export * from "./clusters_rule.ts";
export * from "./configuration.ts";
export * from "./deepcluster.ts";
export * from "./errors.ts";
export * from "./estimate.ts";
export { type Phase, type PhaseCost, phases } from "./phase_timer.ts";
export { profileSizes, type Sizes } from "./profile_sizes.ts";
export * from "./profile_run.ts";
export * from "./images.ts";
export * from "./network.ts";
export * from "./recovery.ts";
export * from "./run.ts";
export * from "./run_error.ts";
export * from "./run_storage.ts";
export * from "./same_settings.ts";
export * from "./sampler.ts";
export * from "./saved_steps.ts";
export * from "./starting_model.ts";
export * from "./train_epoch.ts";
