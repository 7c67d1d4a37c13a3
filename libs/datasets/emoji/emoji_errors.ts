/**
 * What can go wrong with the emoji set.
 *
 * @module
 */
import { Schema } from "effect";

/** A file of an npm package of drawings is missing or not what it should be. */
export class EmojiPackageError extends Schema.TaggedError<EmojiPackageError>()(
  "EmojiPackageError",
  { file: Schema.String, reason: Schema.String },
) {
  /** Which file, and what is wrong with it. */
  override get message(): string {
    return `Cannot draw emoji as the npm package file ${this.file} must be installed and well formed: ${this.reason}`;
  }
}

/** A folder of rendered emoji cannot be read or written, or is not finished. */
export class EmojiFolderError extends Schema.TaggedError<EmojiFolderError>()(
  "EmojiFolderError",
  { action: Schema.String, path: Schema.String, reason: Schema.String },
) {
  /** What was tried with which file or folder, and why it failed. */
  override get message(): string {
    return `Cannot ${this.action} ${this.path}: ${this.reason}`;
  }
}
