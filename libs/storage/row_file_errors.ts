/**
 * What can go wrong with a file of rows.
 *
 * @module
 */
import { Schema } from "effect";

/** Why a file of features cannot be used. */
export const RowFileReason = Schema.Literals([
  "disk-full",
  "read-only",
  "not-permitted",
  "missing",
  "wrong-size",
  "other",
]);

const rules: Record<typeof RowFileReason.Type, string> = {
  "disk-full": "the disk must have free space",
  "read-only": "the file system must be writable",
  "not-permitted": "the user must have permission",
  "missing": "the file and its folder must exist",
  "wrong-size": "its size must be what was recorded",
  "other": "the file system refused",
};

/** A file of features cannot be opened, read or written. */
export class RowFileError
  extends Schema.TaggedError<RowFileError>()("RowFileError", {
    /** What was tried: `open`, `append to`, `sync`, `read`. */
    action: Schema.String,
    /** The file. */
    path: Schema.String,
    /** Why it failed. */
    reason: RowFileReason,
    /** What the system said, or the sizes that differ. */
    detail: Schema.String,
  }) {
  /** Action, file, what must hold, and what was found. */
  override get message(): string {
    return `Cannot ${this.action} ${this.path} as ${rules[this.reason]}: ` +
      this.detail;
  }
}
