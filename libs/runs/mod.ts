/**
 * The run folder: settings, lock, journal, workflow engine, checkpoints,
 * assignments, recovery; and any model opened by its name or path.
 *
 * @module
 */
// Settings
export {
  parseConfiguration,
  ruleOf,
  type RunConfiguration,
  type TrainingSettings,
} from "./configuration.ts";
export { type Setting, settings } from "./settings.ts";
export {
  requireLonger,
  resumedConfiguration,
  settingDifferences,
} from "./same_settings.ts";
export { networkOf } from "./network.ts";
export {
  earlierModelIdentity,
  modelIdentity,
  type ModelInputs,
} from "./model_identity.ts";
export { fewImagesWarning, requireImages } from "./clusters_rule.ts";

// The run folder
export {
  abandonRun,
  createRun,
  type CreateRunError,
  openRun,
  type OpenRunError,
  readRun,
  type ReadRunError,
  requireUnused,
  type RequireUnusedError,
  runFiles,
  saveConfiguration,
} from "./run_folder.ts";
export { layerRunFolder, RunFolder } from "./run_services.ts";
export { inEpoch } from "./paths.ts";
export { isBusy, lockName, runLock, type RunLockError } from "./run_lock.ts";
export { runStorage } from "./run_storage.ts";
export { isWorthResuming } from "./begun.ts";

// Journal and recovery
export { type Journal, type JournalError, openJournal } from "./journal.ts";
export { withJournalErrors } from "./workflow_engine.ts";
export { recover } from "./recovery.ts";

// Checkpoints
export {
  checkpointPath,
  listCheckpoints,
  newestValid,
  prune,
} from "./checkpoints.ts";
export {
  openRunCheckpoint,
  type RunCheckpoint,
  type RunCheckpointError,
} from "./run_checkpoint.ts";

// What other processes may read meanwhile
export {
  type PhaseTime,
  type ProcessRecord,
  readTimings,
  type RunTimings,
  timedPhases,
  type TimingLine,
} from "./run_timings.ts";
export { type Metrics, readMetrics } from "./run_metrics.ts";
export { readProgress, type RunProgress } from "./run_progress.ts";

// Images and assignments
export { openImagesOf, type OpenImagesOfError } from "./open_images.ts";
export {
  type AssignedFeatures,
  openRunClusters,
  type OpenRunClustersError,
  type RunClusters,
  type RunClustersOptions,
} from "./run_clusters.ts";
export {
  type LeftOut,
  readLeftOut,
  readRunImages,
  type ReadRunImagesError,
  type RunImageTables,
  writeRunImages,
} from "./run_images.ts";
export {
  filesKnownToRun,
  noteSurveyedFiles,
  readFingerprint,
} from "./surveyed_files.ts";
export { readAssignedClusters } from "./assigned_clusters.ts";
export {
  assignmentEpochs,
  readAssignments,
  type ReadAssignmentsError,
  writeAssignments,
} from "./assignments.ts";

// The engine that was typed
export {
  continuedEngine,
  engineFlags,
  type EngineValues,
  softwareFlag,
  typedEngine,
} from "./engine_flags.ts";
export { layerTypedEngine } from "./typed_engine.ts";

// Models by name or path
export {
  modelArgument,
  modelFlags,
  type ModelValues,
  weightsFlags,
} from "./model_flags.ts";
export { openTypedModel, type TypedModel, typedModel } from "./typed_model.ts";
export {
  type EvaluatedModel,
  type EvaluatedRun,
  openModel,
  type OpenModelError,
  type OpenModelOptions,
  pixelsModel,
  randomWeights,
} from "./open_model.ts";

// Errors
export {
  ChangedListError,
  ConfigurationError,
  NoClustersError,
  ShorterRunError,
  TooManyClustersError,
} from "./errors.ts";
