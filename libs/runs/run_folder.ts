/**
 * A run as a folder:
 *
 * ```text
 * config.json            the configuration, canonical JSON
 * run.lock               held by the one process that works on the run
 * journal.db             what has been finished
 * images.tsv             the images of the run
 * unreadable.tsv         images left out, with reasons
 * excluded.tsv           images that the run must not see
 * metrics.jsonl          figures by epoch and step
 * map.safetensors        the map of the features, made for reports
 * map-sheets.json        the thumbnails on it
 * thumbnails.db          small pictures of images, made for reports
 * top-images.json        images that activate filters most, found for reports
 * timings.jsonl          processes that worked on the run, times of its phases
 * progress.json          what its process is doing, for others to show
 * assignments/           epoch-0003.tsv: path and cluster of each image
 * features/              spilled features, while they are needed
 * checkpoints/           epoch-0003.safetensors and within epochs
 * ```
 *
 * @module
 */
import {
  attempt,
  canonicalJson,
  formatRule,
  formatVersion,
  isPartial,
  kindOf,
  makeFolder,
  readBytes,
  removeFile,
  removePartials,
  RunBusyError,
  type StorageError,
  unknownFormat,
  unmakeFolder,
  writeDurably,
} from "@deepcluster/storage";
import { Effect, type Scope } from "effect";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  CorruptConfigError,
  ForeignFolderError,
  NotARunError,
  RunExistsError,
} from "./errors.ts";
import { lockName, runLock } from "./run_lock.ts";

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
  /** Images that the run must not see. */
  excluded: "excluded.tsv",
  /** Figures. */
  metrics: "metrics.jsonl",
  /** The map of the features, made for reports. */
  map: "map.safetensors",
  /** The thumbnails on it. */
  mapSheets: "map-sheets.json",
  /** Small pictures of images, made for reports. */
  thumbnails: "thumbnails.db",
  /** The images that activate filters most, found for reports. */
  topImages: "top-images.json",
  /** Processes and times. */
  timings: "timings.jsonl",
  /** What its process is doing. */
  progress: "progress.json",
} as const;

/** Names of what else a run writes, by epoch. */
const runFolders = ["assignments", "checkpoints", "clusters", "features"];

/** What {@link createRun} fails with. */
export type CreateRunError =
  | RunExistsError
  | ForeignFolderError
  | RunBusyError
  | StorageError;

/**
 * Makes a folder a run and holds its lock while the scope lasts.
 *
 * `config.json` is written last: killed before, the folder is as good as
 * empty and can be used again.
 *
 * @param folder A folder that is empty or does not exist.
 * @param config The run's configuration, plain data.
 * @returns The topmost folder that had to be made, for {@link abandonRun}; or
 * `RunExistsError` when it is a run, `ForeignFolderError` when it holds
 * something else, `RunBusyError` when another process is making it one,
 * `StorageError` when it may not be written. What was made is then gone again.
 */
export const createRun: (
  folder: string,
  config: unknown,
) => Effect.Effect<string | undefined, CreateRunError, Scope.Scope> = Effect.fn(
  "createRun",
)(function* (
  folder,
  config,
) {
  yield* requireUnused(folder);
  const made = yield* makeFolder(folder);
  yield* runLock(folder).pipe(
    Effect.tapError(() => Effect.ignore(unmakeFolder(folder, made))),
  );
  yield* requireUnused(folder); // another process may have been faster
  if ((yield* kindOf(join(folder, lockName))) === "nothing") {
    return yield* new RunBusyError({ folder }); // which is abandoning it
  }
  yield* removePartials(folder);
  yield* saveConfiguration(folder, config).pipe(
    Effect.tapError(() => Effect.ignore(abandonRun(folder, made))),
  );
  return made;
});

/** What {@link requireUnused} fails with. */
export type RequireUnusedError =
  | RunExistsError
  | ForeignFolderError
  | StorageError;

/**
 * Requires a folder to be one that {@link createRun} can use: new or empty. A
 * run that died before its configuration was written leaves no trace.
 *
 * @param folder The folder.
 * @returns Nothing, or `RunExistsError` when it is a run, `ForeignFolderError`
 * when it holds something else, or `StorageError`.
 */
export const requireUnused: (
  folder: string,
) => Effect.Effect<void, RequireUnusedError> = Effect.fnUntraced(function* (
  folder,
) {
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

/**
 * Writes the configuration of a run, in place of the one before.
 *
 * @param folder The run folder, whose lock the caller holds.
 * @param config The run's configuration, plain data.
 * @returns Nothing, or `StorageError`; the one before then stays.
 */
export const saveConfiguration: (
  folder: string,
  config: unknown,
) => Effect.Effect<void, StorageError> = Effect.fn("saveConfiguration")(
  function* (
    folder,
    config,
  ) {
    const text = canonicalJson(versioned(config), 2) + "\n";
    const path = join(folder, runFiles.config);
    yield* writeDurably(path, new TextEncoder().encode(text));
  },
);

/**
 * Takes back {@link createRun}, for a run whose start failed before anything
 * was finished: removes what the run wrote, its lock, and the folders that were
 * made for it. A folder that was there before stays, empty.
 *
 * Killed in the middle, it leaves a run that has finished nothing, or what
 * `createRun` takes for an empty folder.
 *
 * @param folder The run folder, whose lock the scope still holds and whose
 * journal is closed.
 * @param made What `createRun` returned.
 * @returns Nothing, or `StorageError`.
 */
export const abandonRun: (
  folder: string,
  made: string | undefined,
) => Effect.Effect<void, StorageError> = Effect.fn("abandonRun")(function* (
  folder,
  made,
) {
  const { config, lock, ...written } = runFiles;
  for (const name of [...Object.values(written), ...runFolders]) {
    const path = join(folder, name);
    yield* attempt(
      "remove",
      path,
      () => rm(path, { recursive: true, force: true }),
    );
  }
  yield* removeFile(join(folder, config));
  yield* removeFile(join(folder, lock));
  yield* unmakeFolder(folder, made);
});

/** What {@link openRun} fails with. */
export type OpenRunError =
  | NotARunError
  | CorruptConfigError
  | RunBusyError
  | StorageError;

/**
 * Opens a run to work on it: holds its lock while the scope lasts, and
 * removes what killed processes left half-written.
 *
 * @param folder The run folder.
 * @returns The configuration as JSON, unchecked, or `NotARunError`,
 * `CorruptConfigError`, `RunBusyError` or `StorageError`.
 */
export const openRun: (
  folder: string,
) => Effect.Effect<unknown, OpenRunError, Scope.Scope> = Effect.fn("openRun")(
  function* (
    folder,
  ) {
    yield* checkRun(folder);
    yield* runLock(folder);
    yield* removePartials(folder);
    return yield* readRun(folder);
  },
);

/** What {@link readRun} fails with. */
export type ReadRunError = NotARunError | CorruptConfigError | StorageError;

/**
 * Reads a run's configuration without its lock, to look at a run that may be
 * under way.
 *
 * @param folder The run folder.
 * @returns The configuration as JSON, unchecked, or `NotARunError`,
 * `CorruptConfigError` or `StorageError`.
 */
export const readRun: (folder: string) => Effect.Effect<unknown, ReadRunError> =
  Effect.fn("readRun")(function* (
    folder,
  ) {
    yield* checkRun(folder);
    const path = join(folder, runFiles.config);
    const bytes = yield* readBytes(path);
    const config = yield* Effect.try({
      try: (): unknown =>
        JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)),
      catch: (cause) =>
        new CorruptConfigError({
          path,
          rule: "a run's configuration must be JSON",
          found: String(cause),
        }),
    });
    if (!isObject(config)) return config;
    const { formatVersion: stated, ...settings } = config;
    const unknown = unknownFormat(stated);
    if (unknown === undefined) return settings;
    return yield* new CorruptConfigError({
      path,
      rule: formatRule,
      found: unknown,
    });
  });

/** The version is no setting: it is written and checked here alone. */
const versioned = (config: unknown): unknown =>
  isObject(config) ? { ...config, formatVersion } : config;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

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
