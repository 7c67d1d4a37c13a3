/**
 * A run as a folder:
 *
 * ```text
 * config.json            the configuration, canonical JSON, written once
 * run.lock               held by the one process that works on the run
 * journal.db             what has been finished
 * images.tsv             the images of the run
 * unreadable.tsv         images left out, with reasons
 * metrics.jsonl          figures by epoch and step
 * assignments/           epoch-0003.tsv: path and cluster of each image
 * features/              spilled features, while they are needed
 * checkpoints/           epoch-0003.safetensors and within epochs
 * ```
 *
 * @module
 */
import { Effect, type Scope } from "effect";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson } from "./canonical_json.ts";
import {
  CorruptConfigError,
  ForeignFolderError,
  NotARunError,
  type RunBusyError,
  RunExistsError,
  type StorageError,
} from "./errors.ts";
import {
  makeFolder,
  removeFile,
  removePartials,
  writeDurably,
} from "./files.ts";
import { isPartial, kindOf, readBytes } from "./reading.ts";
import { lockName, runLock } from "./run_lock.ts";
import { attempt } from "./system_calls.ts";

/** Names of a run's single files, relative to its folder. */
export const runFiles = {
  /** Configuration. */
  config: "config.json",
  /** Lock. */
  lock: lockName,
  /** Journal. */
  journal: "journal.db",
  /** Images of the run. */
  images: "images.tsv",
  /** Images left out. */
  unreadable: "unreadable.tsv",
  /** Figures. */
  metrics: "metrics.jsonl",
} as const;

/**
 * Makes a folder a run and holds its lock while the scope lasts.
 *
 * `config.json` is written last: killed before, the folder is as good as
 * empty and can be used again.
 *
 * @param folder A folder that is empty or does not exist.
 * @param config The run's configuration, plain data.
 * @returns Nothing, or `RunExistsError` when it is a run, `ForeignFolderError`
 * when it holds something else, `RunBusyError` when another process is making
 * it one, `StorageError` when it may not be written.
 */
export const createRun = Effect.fn("createRun")(function* (
  folder: string,
  config: unknown,
): Effect.fn.Return<
  void,
  RunExistsError | ForeignFolderError | RunBusyError | StorageError,
  Scope.Scope
> {
  yield* checkUnused(folder);
  yield* makeFolder(folder);
  yield* runLock(folder);
  yield* checkUnused(folder); // another process may have been faster
  yield* removePartials(folder);
  const text = canonicalJson(config, 2) + "\n";
  const path = join(folder, runFiles.config);
  yield* writeDurably(path, new TextEncoder().encode(text));
});

/**
 * Takes back {@link createRun}, for a run whose start failed before anything
 * was finished: the folder can then be used again.
 *
 * @param folder The run folder, whose lock the scope still holds and whose
 * journal is closed.
 * @returns Nothing, or `StorageError`.
 */
export const abandonRun = Effect.fn("abandonRun")(function* (
  folder: string,
): Effect.fn.Return<void, StorageError> {
  yield* removeFile(join(folder, runFiles.journal));
  yield* removeFile(join(folder, runFiles.config));
});

/**
 * Opens a run to work on it: holds its lock while the scope lasts, and
 * removes what killed processes left half-written.
 *
 * @param folder The run folder.
 * @returns The configuration as JSON, unchecked, or `NotARunError`,
 * `CorruptConfigError`, `RunBusyError` or `StorageError`.
 */
export const openRun = Effect.fn("openRun")(function* (
  folder: string,
): Effect.fn.Return<
  unknown,
  NotARunError | CorruptConfigError | RunBusyError | StorageError,
  Scope.Scope
> {
  yield* checkRun(folder);
  yield* runLock(folder);
  yield* removePartials(folder);
  return yield* readRun(folder);
});

/**
 * Reads a run's configuration without its lock, to look at a run that may be
 * under way.
 *
 * @param folder The run folder.
 * @returns The configuration as JSON, unchecked, or `NotARunError`,
 * `CorruptConfigError` or `StorageError`.
 */
export const readRun = Effect.fn("readRun")(function* (
  folder: string,
): Effect.fn.Return<
  unknown,
  NotARunError | CorruptConfigError | StorageError
> {
  yield* checkRun(folder);
  const path = join(folder, runFiles.config);
  const bytes = yield* readBytes(path);
  return yield* Effect.try({
    try: (): unknown =>
      JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)),
    catch: (cause) => new CorruptConfigError({ path, found: String(cause) }),
  });
});

/** A run that died before its configuration was written leaves no trace. */
const checkUnused = Effect.fnUntraced(function* (folder: string) {
  const names = yield* namesIn(folder);
  if (isRun(names)) return yield* new RunExistsError({ folder });
  const foreign = names.filter((name) =>
    !name.startsWith(lockName) && !isPartial(name)
  );
  if (foreign.length > 0) {
    const found = summary(foreign);
    return yield* new ForeignFolderError({ folder, found });
  }
});

const checkRun = Effect.fnUntraced(function* (folder: string) {
  const names = yield* namesIn(folder);
  if (isRun(names)) return;
  return yield* new NotARunError({ folder, found: summary(names) });
});

const isRun = (names: ReadonlyArray<string>): boolean =>
  names.includes(runFiles.config) && names.includes(runFiles.lock);

/** A file where the folder should be counts as a folder that holds a file. */
const namesIn = Effect.fnUntraced(function* (
  folder: string,
): Effect.fn.Return<ReadonlyArray<string>, StorageError> {
  const kind = yield* kindOf(folder);
  if (kind === "nothing") return [];
  if (kind === "file") return ["a file of that name"];
  return (yield* attempt("list", folder, () => readdir(folder))).sort();
});

const summary = (names: ReadonlyArray<string>): string =>
  names.length === 0 ? "nothing" : names.slice(0, 3).join(", ") +
    (names.length > 3 ? ` and ${names.length - 3} more` : "");
