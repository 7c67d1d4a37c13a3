/**
 * The journal of a run: what has been finished, by name, in the order in
 * which it was finished.
 *
 * A SQLite file with a write-ahead log, so that another process can read
 * while a run writes. `synchronous = FULL` syncs the log at every entry,
 * 0.2 ms on a solid-state disk: with `NORMAL` a power cut could take back the
 * last entries, and with them hours of work that their files hold.
 *
 * @module
 */
import {
  CorruptJournalError,
  formatVersion,
  openDatabase,
  sha256Of,
  type SqliteError,
  statement,
  StorageError,
  unknownFormat,
} from "@deepcluster/storage";
import { Effect, Option, type Scope } from "effect";
import type { DatabaseSync } from "node:sqlite";

/** What a journal can fail with. */
export type JournalError = StorageError | CorruptJournalError;

/** Something finished. */
export interface JournalEntry {
  /** What was finished. */
  readonly name: string;
  /** Its result, as JSON gives it back. */
  readonly value: unknown;
}

/** What has been finished, by name. */
export interface Journal {
  /** Its file, for messages. */
  readonly path: string;
  /** The result under a name, when there is one. */
  readonly get: (
    name: string,
  ) => Effect.Effect<Option.Option<unknown>, JournalError>;
  /**
   * Notes a result, on disk when it returns. The first writer wins: a name
   * that has a result keeps it. `value` must be JSON; `undefined` is `null`.
   */
  readonly put: (
    name: string,
    value: unknown,
  ) => Effect.Effect<void, JournalError>;
  /** Everything noted, oldest first. */
  readonly entries: Effect.Effect<ReadonlyArray<JournalEntry>, JournalError>;
  /** Takes names out, all or none, so that they are done again. */
  readonly forget: (
    names: ReadonlyArray<string>,
  ) => Effect.Effect<void, JournalError>;
}

/**
 * Opens a journal while the scope lasts. Closed in order, it is one file that
 * can be read from a read-only disk; after a kill its log stays beside it.
 *
 * @param path The file, made when missing; `:memory:` for a test.
 * @param options With `readOnly` it can be opened while another process
 * writes; `put` and `forget` then fail.
 * @returns The journal, or `CorruptJournalError` when the file is no journal,
 * or `StorageError`, for example when it is missing and `readOnly`.
 *
 * @example The first result of a name stays
 * ```ts
 * import { openJournal } from "@deepcluster/runs";
 * import { Effect, Option } from "effect";
 * import assert from "node:assert/strict";
 *
 * const program = Effect.gen(function* () {
 *   const journal = yield* openJournal(":memory:");
 *   yield* journal.put("e0/cluster", { loss: 1 });
 *   yield* journal.put("e0/cluster", { loss: 2 });
 *   return yield* journal.get("e0/cluster");
 * });
 * const result = await Effect.runPromise(Effect.scoped(program));
 * assert.deepEqual(result, Option.some({ loss: 1 }));
 * ```
 */
export const openJournal: (
  path: string,
  options?: { readonly readOnly?: boolean },
) => Effect.Effect<Journal, JournalError, Scope.Scope> = Effect.fn(
  "openJournal",
)(function* (
  path,
  options,
) {
  const readOnly = options?.readOnly ?? false;
  const run = <A>(action: string, work: () => A) =>
    notLocked(path, statement(action, path, work));
  const database = yield* notLocked(path, openDatabase(path, readOnly));
  const found = yield* run("open", () => prepare(database, readOnly));
  const unknown = unknownFormat(found);
  if (unknown !== undefined) {
    return yield* new CorruptJournalError({ path, found: unknown });
  }
  if (!readOnly) {
    yield* Effect.addFinalizer(() =>
      Effect.ignore(run("close", () => database.exec(closing)))
    );
  }
  const select = (name?: string) =>
    run("read", () => rowsOf(database, name)).pipe(
      Effect.flatMap(Effect.forEach((row) => entryOf(path, row))),
    );
  return {
    path,
    get: (name) =>
      Effect.map(
        select(name),
        ([entry]) => entry ? Option.some(entry.value) : Option.none(),
      ),
    put: (name, value) => run("write", () => insert(database, name, value)),
    entries: select(),
    forget: (names) => run("write", () => remove(database, names)),
  };
});

/** Without its log, a journal is one file. A reader may be in the way. */
const closing = "PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE";

/** SQLite opens what may not be written in silence; this fails then. */
const writing = "BEGIN IMMEDIATE; PRAGMA user_version = 0; ROLLBACK";

const table = `TABLE IF NOT EXISTS journal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  value TEXT NOT NULL,
  sha256 TEXT NOT NULL
)`;

/** Makes a new file a journal, and tells the version of what is there. */
const prepare = (database: DatabaseSync, readOnly: boolean): unknown => {
  database.exec("PRAGMA busy_timeout = 10000");
  if (!readOnly) {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  }
  const master = "SELECT count(*) AS tables FROM sqlite_master";
  const isNew = database.prepare(master).get()?.["tables"] === 0;
  if (isNew && readOnly) database.exec(`CREATE TEMP ${table}`);
  else if (!readOnly && !isNew) database.exec(writing);
  else if (isNew) {
    database.exec(
      `BEGIN IMMEDIATE; CREATE ${table}; PRAGMA user_version = ${formatVersion}; COMMIT`,
    );
  }
  return isNew
    ? formatVersion
    : database.prepare("PRAGMA user_version").get()?.["user_version"];
};

const rowsOf = (
  database: DatabaseSync,
  name?: string,
): ReadonlyArray<Record<string, unknown>> =>
  name === undefined
    ? database.prepare("SELECT * FROM journal ORDER BY id").all()
    : database.prepare("SELECT * FROM journal WHERE name = ?").all(name);

const insert = (database: DatabaseSync, name: string, value: unknown): void => {
  const json = JSON.stringify(value ?? null);
  database.prepare(
    "INSERT INTO journal (name, value, sha256) VALUES (?, ?, ?) " +
      "ON CONFLICT (name) DO NOTHING",
  ).run(name, json, digestOf(name, json));
};

const remove = (database: DatabaseSync, names: ReadonlyArray<string>): void => {
  database.prepare(
    "DELETE FROM journal WHERE name IN (SELECT value FROM json_each(?))",
  ).run(JSON.stringify(names));
};

/** SQLite notices damage to its own structure only; this, to the content. */
const entryOf = Effect.fnUntraced(function* (
  path: string,
  row: Record<string, unknown>,
): Effect.fn.Return<JournalEntry, CorruptJournalError> {
  const name = String(row["name"]);
  const json = String(row["value"]);
  if (digestOf(name, json) !== row["sha256"]) {
    const found = `the entry ${name} is not what was written`;
    return yield* new CorruptJournalError({ path, found });
  }
  return { name, value: JSON.parse(json) };
});

const digestOf = (name: string, json: string): string =>
  sha256Of(new TextEncoder().encode(`${name}\n${json}`));

/** Ten seconds of waiting for another writer are enough. */
const notLocked = <A, R>(
  path: string,
  effect: Effect.Effect<A, SqliteError, R>,
): Effect.Effect<A, JournalError, R> =>
  Effect.catchTag(effect, "Locked", () =>
    new StorageError({
      action: "use",
      path,
      reason: "other",
      detail: "another process keeps the journal locked",
    }));
