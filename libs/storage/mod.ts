/**
 * What is on disk, and how it stays intact: durable files, artifacts by
 * reference, tables, tensors in safetensors, files of rows, locks, and what takes
 * how much space.
 *
 * @module
 */
// Files
export {
  makeFolder,
  removeFile,
  renameDurably,
  unmakeFolder,
  writeDurably,
  writeDurablyBy,
} from "./files.ts";
export { requireWritable } from "./writable.ts";
export { removePartials } from "./partials.ts";
export {
  type ByteRange,
  digestOf,
  isPartial,
  kindOf,
  readBytes,
  sha256Of,
  sizeOfFile,
} from "./reading.ts";
export { bytesOf, encoded, keyOf } from "./keys.ts";
export { canonicalJson, differences } from "./canonical_json.ts";
export { formatRule, formatVersion, unknownFormat } from "./format_version.ts";
export { attempt, storageError } from "./system_calls.ts";

// Artifacts by reference
export {
  ArtifactRef,
  CheckpointStore,
  folderStore,
  type Store,
} from "./artifacts.ts";

// Tensors
export {
  decodeTensors,
  encodeTensors,
  type Metadata,
  type TensorFile,
} from "./safetensors.ts";
export {
  loadTensors,
  type LoadTensorsError,
  openTensors,
  type OpenTensorsError,
  readTensors,
  type ReadTensorsError,
  saveTensors,
  type SaveTensorsError,
} from "./checksummed_tensors.ts";
export { floatBytes, type FloatFormat, floatsOf } from "./float_formats.ts";

// Open files
export {
  flush,
  openForReading,
  openForWriting,
  readAll,
  sizeOfFile as sizeOfOpenFile,
  truncate,
  writeAll,
} from "./positioned_file.ts";

// Rows and tables
export {
  type NpyRowsError,
  openNpy,
  type OpenNpyError,
  writeNpy,
} from "./npy.ts";
export {
  openRowFile,
  readRowFile,
  removeRowFile,
  type RowFile,
} from "./row_file.ts";
export { readTable, type ReadTableError, writeTable } from "./tables.ts";
export {
  notALock,
  openDatabase,
  type SqliteError,
  statement,
} from "./sqlite.ts";

// Locks
export {
  exclusiveLock,
  type ExclusiveLockError,
  isShared,
  sharedLock,
  type SharedLockError,
  sharedLockName,
} from "./shared_lock.ts";
export { workLock } from "./work_lock.ts";

// Disk space
export {
  kindOfFolder,
  linkOrKindOf,
  partialsOf,
  partOf,
  type RemovalCost,
  scanStorage,
  type StorageKind,
  type StoragePart,
  type StoredFile,
  type StoredFolder,
} from "./storage.ts";
export { removeStored, type RemoveStoredError } from "./storage_removal.ts";

// Errors
export {
  CorruptArtifactError,
  CorruptJournalError,
  FolderInUseError,
  NpyError,
  RunBusyError,
  SafetensorsError,
  StorageError,
  TableError,
} from "./errors.ts";
