/**
 * Work in a process of its own: an engine that fails can take its process with
 * it, memory is only seen from the start of a process, and what libraries print
 * reaches nobody's terminal.
 *
 * @module
 */
import { Effect } from "effect";
import { spawn } from "node:child_process";
import { delimiter } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** How a child process ended. */
export interface EndedChild {
  /** What it printed. */
  readonly output: string;
  /** What it printed to standard error. */
  readonly log: string;
  /** Its exit code, or the signal that killed it. */
  readonly end: number | string;
}

/**
 * Runs a module in a process of its own, in the same runtime. The process ends
 * with the effect.
 *
 * @param module Address of the module, which reads JSON from standard input
 * and prints its answer as the last line, in JSON.
 * @param question What it reads.
 * @param environment Environment variables that it has besides those of this
 * process. Default: none.
 * @returns How it ended; also where it could not be started.
 */
export const runChild = (
  module: URL,
  question: unknown,
  environment: Readonly<Record<string, string>> = {},
): Effect.Effect<EndedChild> =>
  Effect.callback<EndedChild>((resume) => {
    let [output, log] = ["", ""];
    const ended = (end: number | string) =>
      resume(Effect.succeed({ output, log, end }));
    const path = fileURLToPath(module);
    const parents = process.env[mark]?.split(delimiter) ?? [];
    if (parents.includes(path)) {
      log = "it was started as such a process itself";
      return ended(1);
    }
    const marks = [...parents, path].join(delimiter);
    const child = spawn(process.execPath, [...runArguments, path], {
      env: { ...process.env, ...environment, [mark]: marks },
    });
    child.stdout.setEncoding("utf8").on("data", (text) => output += text);
    child.stderr.setEncoding("utf8").on("data", (text) => log += text);
    child.on("error", (error) => {
      log += error.message;
      ended(1);
    });
    child.on("close", (code, signal) => ended(code ?? signal ?? 1));
    child.stdin.on("error", () => {}); // it may be gone already
    child.stdin.end(JSON.stringify(question));
    return Effect.sync(() => child.kill("SIGKILL"));
  });

/**
 * Reads the answer of a child that ended well.
 *
 * @param ended How it ended.
 * @returns What its last line holds, or nothing where there is no answer.
 */
export const answerOf = ({ output, end }: EndedChild): object | undefined => {
  const line = output.trim().split("\n").at(-1)!;
  return end === 0 && line.startsWith("{") ? JSON.parse(line) : undefined;
};

/**
 * Reads what a child said last before it broke.
 *
 * @param ended How it ended.
 * @returns The last line of its log, after how it ended.
 */
export const lastWords = ({ log, end }: EndedChild): string => {
  const line = log.trim().split("\n").at(-1)!.trim();
  return line === "" ? `${end}` : `${end}: ${line}`;
};

/**
 * In the environment of every child, with the paths of its module and of those
 * of its parents: a program that is one file, runtime and all, would start
 * itself, for ever.
 */
const mark = "DEEPCLUSTER_CHILD";

/** What the runtime needs to run a file without asking for permissions. */
const runArguments = process.versions["deno"] ? ["run", "-A"] : [];
