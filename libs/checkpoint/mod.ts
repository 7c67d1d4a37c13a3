/**
 * What a run leaves on disk, and how it is found whole after any accident:
 * durable files, artifacts by reference, tensors in safetensors, checkpoints.
 *
 * @module
 */
export * from "./artifacts.ts";
export * from "./checkpoints.ts";
export * from "./errors.ts";
export * from "./files.ts";
export {
  type ByteRange,
  digestOf,
  kindOf,
  listFiles,
  readBytes,
  sha256Of,
} from "./reading.ts";
export * from "./safetensors.ts";
export * from "./sealed_tensors.ts";
