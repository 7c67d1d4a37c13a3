/**
 * Everything that can go wrong with a run folder, as data.
 *
 * @module
 */
import { Schema } from "effect";

/** Why a file or folder cannot be used. */
export const StorageReason = Schema.Literals([
  "disk-full",
  "read-only",
  "not-permitted",
  "missing",
  "wrong-size",
  "wrong-kind",
  "other",
]);

const advice: Record<typeof StorageReason.Type, string> = {
  "disk-full": "the disk must have free space; free some and try again",
  "read-only": "the file system must be writable; choose another folder",
  "not-permitted": "the user must have permission; change its owner or mode",
  "missing": "the path must exist; look for a moved or deleted folder",
  "wrong-size": "its size must be what was recorded",
  "wrong-kind": "files must not be where folders must be, nor the reverse",
  "other": "the file system refused",
};

/** The file system refused to read, write, list or remove something. */
export class StorageError
  extends Schema.TaggedError<StorageError>()("StorageError", {
    action: Schema.String,
    path: Schema.String,
    reason: StorageReason,
    detail: Schema.String,
  }) {
  /** Action, file, what to do, and what the system said. */
  override get message(): string {
    return `Cannot ${this.action} ${this.path} as ${advice[this.reason]}: ` +
      this.detail;
  }
}

/** An artifact on disk is not the one that was written. */
export class CorruptArtifactError
  extends Schema.TaggedError<CorruptArtifactError>()("CorruptArtifactError", {
    path: Schema.String,
    expected: Schema.String,
    found: Schema.String,
  }) {
  /** The file, what it should be and what it is. */
  override get message(): string {
    return `Cannot use ${this.path} as its content must be what was saved: ` +
      `expected ${this.expected}, found ${this.found}`;
  }
}

/** A file breaks a rule of the safetensors format, or one of ours upon it. */
export class SafetensorsError
  extends Schema.TaggedError<SafetensorsError>()("SafetensorsError", {
    action: Schema.Literals(["read", "write"]),
    path: Schema.String,
    rule: Schema.String,
    found: Schema.String,
  }) {
  /** The file, the rule it breaks and the present value. */
  override get message(): string {
    return `Cannot ${this.action} ${this.path} as ${this.rule}: ${this.found}`;
  }
}

/** A `.npy` file breaks a rule of NumPy's format, or one of ours upon it. */
export class NpyError extends Schema.TaggedError<NpyError>()("NpyError", {
  path: Schema.String,
  rule: Schema.String,
  found: Schema.String,
}) {
  /** The file, the rule it breaks and the present value. */
  override get message(): string {
    return `Cannot use ${this.path} as ${this.rule}: ${this.found}`;
  }
}

/** A run's journal is damaged, or is no journal. */
export class CorruptJournalError
  extends Schema.TaggedError<CorruptJournalError>()("CorruptJournalError", {
    path: Schema.String,
    found: Schema.String,
  }) {
  /** The file and what is wrong with it. */
  override get message(): string {
    return `Cannot use ${this.path} as it must be the journal of a run, ` +
      `undamaged: ${this.found}`;
  }
}

/** Another process works on the run. */
export class RunBusyError
  extends Schema.TaggedError<RunBusyError>()("RunBusyError", {
    folder: Schema.String,
  }) {
  /** The folder and what to do. */
  override get message(): string {
    return `Cannot work on the run in ${this.folder} as one process may at a ` +
      `time: another process is working on this run; wait for it or stop it`;
  }
}

/** A process uses a folder that another wants to clear, or the reverse. */
export class FolderInUseError
  extends Schema.TaggedError<FolderInUseError>()("FolderInUseError", {
    action: Schema.String,
    folder: Schema.String,
    rule: Schema.String,
  }) {
  /** The action, the folder and the rule. */
  override get message(): string {
    return `Cannot ${this.action} ${this.folder} as ${this.rule}`;
  }
}

/** A table of ours breaks a rule of the format. */
export class TableError extends Schema.TaggedError<TableError>()("TableError", {
  path: Schema.String,
  line: Schema.Int,
  rule: Schema.String,
  found: Schema.String,
}) {
  /** The file, the line, the rule and the present value. */
  override get message(): string {
    return `Cannot read ${this.path} as line ${this.line} breaks a rule: ` +
      `${this.rule}, found ${this.found}`;
  }
}
