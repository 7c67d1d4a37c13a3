/**
 * The command `visualise` as a child process.
 *
 * @module
 */
import { Effect } from "effect";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** How a command ended. */
export interface Ended {
  /** Its exit code. */
  readonly code: number;
  /** What it wrote to standard output. */
  readonly output: string;
  /** What it wrote to standard error. */
  readonly log: string;
}

/**
 * Runs `visualise`.
 *
 * @param args Its command line.
 * @param watch Called with the process when it has written to standard error.
 * @returns How it ended.
 */
export const runVisualise = (
  args: readonly string[],
  watch: (child: ChildProcess, log: string) => void = () => {},
): Effect.Effect<Ended> =>
  Effect.promise(async () => {
    const main = new URL("visualise_main.ts", import.meta.url).pathname;
    const child = spawn(Deno.execPath(), ["run", "-A", main, ...args]);
    let output = "";
    let log = "";
    child.stdout.on("data", (data) => output += data);
    child.stderr.on("data", (data) => {
      log += data;
      watch(child, log);
    });
    const [code] = await once(child, "close");
    return { code, output, log };
  });

/**
 * Reads a folder.
 *
 * @param folder A folder of files.
 * @returns Name and content of each, in order.
 */
export const filesOf = (folder: string) =>
  readdirSync(folder).sort().map((name) =>
    [name, readFileSync(join(folder, name)).toString("base64")] as const
  );
