/**
 * What a run leaves on disk, and how it is found whole after any accident:
 * the run folder and its lock, durable files, artifacts by reference, tensors
 * in safetensors, checkpoints, tables, the journal and the workflow engine
 * that resumes from it.
 *
 * @module
 */
export * from "./artifacts.ts";
export * from "./assignments.ts";
export * from "./canonical_json.ts";
export * from "./checkpoints.ts";
export * from "./errors.ts";
export * from "./files.ts";
export * from "./journal.ts";
export * from "./model_export.ts";
export * from "./model_file.ts";
export {
  type ByteRange,
  digestOf,
  kindOf,
  listFiles,
  readBytes,
  sha256Of,
  type Written,
} from "./reading.ts";
export * from "./run_folder.ts";
export * from "./run_images.ts";
export * from "./run_lock.ts";
export * from "./run_services.ts";
export * from "./safetensors.ts";
export * from "./sealed_tensors.ts";
export * from "./shared_lock.ts";
export * from "./storage.ts";
export * from "./storage_removal.ts";
export * from "./tables.ts";
export * from "./work_lock.ts";
export * from "./workflow_engine.ts";
