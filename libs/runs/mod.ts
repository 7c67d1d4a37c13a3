/**
 * The run folder: settings, lock, journal, workflow engine, checkpoints,
 * assignments, recovery; and any model opened by its name or path.
 *
 * @module
 */
export {
  readAssignments,
  type ReadAssignmentsError,
  writeAssignments,
} from "./assignments.ts";
export { isWorthResuming } from "./begun.ts";
export {
  checkpointPath,
  listCheckpoints,
  newestValid,
  prune,
} from "./checkpoints.ts";
export { requireImages } from "./clusters_rule.ts";
export {
  parseConfiguration,
  type RunConfiguration,
  type Setting,
  settings,
  type TrainingSettings,
} from "./configuration.ts";
export {
  ConfigurationError,
  ShorterRunError,
  TooManyClustersError,
} from "./errors.ts";
export { type Journal, type JournalError, openJournal } from "./journal.ts";
export {
  earlierModelIdentity,
  modelIdentity,
  type ModelInputs,
} from "./model_identity.ts";
export { networkOf } from "./network.ts";
export {
  type EvaluatedModel,
  type EvaluatedRun,
  openModel,
  pixelsModel,
  randomWeights,
} from "./open_model.ts";
export { inEpoch } from "./paths.ts";
export { recover } from "./recovery.ts";
export {
  openRunCheckpoint,
  type RunCheckpoint,
  type RunCheckpointError,
} from "./run_checkpoint.ts";
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
export {
  readRunImages,
  type ReadRunImagesError,
  type RunImageTables,
  writeRunImages,
} from "./run_images.ts";
export { isBusy, lockName, runLock, type RunLockError } from "./run_lock.ts";
export { layerRunFolder, RunFolder } from "./run_services.ts";
export { runStorage } from "./run_storage.ts";
export {
  requireLonger,
  resumedConfiguration,
  settingDifferences,
} from "./same_settings.ts";
export { withJournalErrors } from "./workflow_engine.ts";
