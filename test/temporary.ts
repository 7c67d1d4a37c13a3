/**
 * Folders and file systems for one test.
 */
import { effectTest } from "./effect_test_case.ts";
import { Effect, type Scope } from "effect";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that is removed afterwards. */
export const temporaryFolder: Effect.Effect<string, never, Scope.Scope> = Effect
  .acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "checkpoint-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true })),
  );

const mount = (folder: string, options: string) =>
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "none", folder], {
    stdio: "ignore",
  });

const unmount = (folder: string) => execFileSync("umount", [folder]);

/** A file system in memory: `size=1m`. */
export const mounted = (
  options: string,
): Effect.Effect<string, never, Scope.Scope> =>
  Effect.flatMap(temporaryFolder, (folder) =>
    Effect.acquireRelease(
      Effect.sync(() => (mount(folder, options), folder)),
      () => Effect.sync(() => unmount(folder)),
    ));

/** Takes away the right to write on a mounted file system. */
export const makeReadOnly = (folder: string): Effect.Effect<void> =>
  Effect.sync(() => mount(folder, "remount,ro"));

/** Gives a mounted file system another size: `10m`. */
export const resize = (folder: string, size: string): Effect.Effect<void> =>
  Effect.sync(() => mount(folder, `remount,size=${size}`));

const mayMount = (() => {
  const folder = mkdtempSync(join(tmpdir(), "checkpoint-"));
  try {
    mount(folder, "size=1m");
    unmount(folder);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
})();

/** A test on a file system of its own; ignored where none may be mounted. */
export const mountTest = <E>(
  name: string,
  body: () => Effect.Effect<void, E, Scope.Scope>,
): void =>
  mayMount ? effectTest(name, body) : Deno.test({
    name: `${name} (ignored: needs the right to mount)`,
    ignore: true,
    fn: () => {},
  });
