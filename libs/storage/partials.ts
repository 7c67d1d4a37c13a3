/**
 * Files that are being written, and what killed writers left of them.
 *
 * Their names say who writes them: `.a.npy.0c4f5f4e-4711-9b1c22d0.partial` is
 * written by process 4711 of the machine 0c4f5f4e. A writer on this machine is
 * gone when its process is; of one on another machine, with which the folder
 * is shared, only the age of the file tells.
 *
 * @module
 */
import { codeOf } from "@deepcluster/core";
import { Clock, Effect } from "effect";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import type { StorageError } from "./errors.ts";
import { isPartial, partialSuffix, walk } from "./reading.ts";
import { attempt } from "./system_calls.ts";
import process from "node:process";

/**
 * Names the file under which this process writes another.
 *
 * @param path Where the file shall be.
 * @returns A path in the same folder that no other writer has.
 */
export const partialName = (path: string): string => {
  const writer = `${machineHere()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  return join(dirname(path), `.${basename(path)}.${writer}${partialSuffix}`);
};

/**
 * Whether the writer of a partial file may still be at work.
 *
 * @param path The file.
 * @param modifiedMs When it was last written, in milliseconds since 1970.
 * @returns `false` also for files whose names tell no writer, unless they are
 * of an earlier version and were written within a day.
 */
export const mayBeWritten: (
  path: string,
  modifiedMs: number,
) => Effect.Effect<boolean> = Effect.fnUntraced(function* (path, modifiedMs) {
  const [, machine, pid] = named.exec(path) ?? [];
  if (machine === machineHere()) return yield* isAlive(Number(pid));
  const nowMs = yield* Clock.currentTimeMillis;
  return (machine !== undefined || ofEarlierVersion.test(path)) &&
    nowMs - modifiedMs < dayMs;
});

/**
 * Removes what killed writers left half-written below a folder, also under
 * names that tell no writer: only for whoever holds the run's lock.
 *
 * @param folder The run folder.
 * @returns How many files were removed, or `StorageError`.
 */
export const removePartials: (
  folder: string,
) => Effect.Effect<number, StorageError> = Effect.fn("removePartials")(
  function* (folder) {
    const partials = (yield* walk(folder, "")).filter(isPartial);
    return yield* removeAbandoned(folder, partials);
  },
);

/**
 * Removes what killed writers left in a folder, the first time that this
 * process asks for it. What cannot be removed stays.
 *
 * @param folder The folder; no lock is needed.
 * @returns Nothing.
 */
export const sweepPartials: (folder: string) => Effect.Effect<void> = Effect
  .fnUntraced(
    function* (folder) {
      if (swept.has(folder)) return;
      swept.add(folder);
      const names = yield* attempt("list", folder, () => readdir(folder));
      yield* removeAbandoned(
        folder,
        names.filter((name) => named.test(name) || ofEarlierVersion.test(name)),
      );
    },
    (sweep) => Effect.ignore(sweep),
  );

const swept = new Set<string>();

const named = /\.([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.partial$/;
const ofEarlierVersion =
  /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.partial$/;

const dayMs = 86_400_000;

const removeAbandoned = Effect.fnUntraced(function* (
  folder: string,
  partials: readonly string[],
): Effect.fn.Return<number, StorageError> {
  let removed = 0;
  for (const name of partials) {
    const path = join(folder, name);
    const modifiedMs = yield* attempt("look at", path, () => stat(path)).pipe(
      Effect.map(({ mtimeMs }) => mtimeMs),
      // Its writer has just finished it.
      Effect.catchIf(
        ({ reason }) => reason === "missing",
        () => Effect.succeed(undefined),
      ),
    );
    if (modifiedMs === undefined) continue;
    if (yield* mayBeWritten(path, modifiedMs)) continue;
    yield* attempt("remove", path, () => rm(path, { force: true }));
    removed++;
  }
  return removed;
});

/** Signal 0 only asks. A process that may not be asked is one. */
const isAlive = (pid: number): Effect.Effect<boolean> =>
  Effect.try({ try: () => process.kill(pid, 0), catch: codeOf }).pipe(
    Effect.catch((code) => Effect.succeed(code !== "ESRCH")),
  );

/**
 * Tells this machine from others that may have the same name: where the system
 * says so by its start, and by the container in which process ids count.
 */
const machineHere = (): string =>
  machine ??= createHash("sha256").update([
    hostname(),
    existsSync(bootId) ? readFileSync(bootId, "utf8") : "",
    existsSync(pidSpace) ? readlinkSync(pidSpace) : "",
  ].join("\n")).digest("hex").slice(0, 8);

let machine: string | undefined;

const bootId = "/proc/sys/kernel/random/boot_id";
const pidSpace = "/proc/self/ns/pid";
