/**
 * Commands of the apps: within the process of a test, which is quick, and as
 * processes of their own, which can be killed.
 *
 * @module
 */
import type { LazyCommand } from "@deepcluster/terminal";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { Console, Effect, References } from "effect";
import { Command } from "effect/cli";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

/** How a command ended within the process of a test. */
export interface CommandResult {
  /** What it wrote to standard output. */
  readonly output: string;
  /** The message of its error; absent when it succeeded. */
  readonly failure?: string;
}

/**
 * Runs a command in the process of the test.
 *
 * @param program The command.
 * @param args What follows its name on the command line.
 * @returns How it ended. Progress goes to standard error as always.
 */
export const runInProcess: (
  program: LazyCommand,
  args: readonly string[],
) => Effect.Effect<CommandResult> = Effect.fnUntraced(
  function* (program, args) {
    const printed: string[] = [];
    const recording: Console.Console = {
      ...console,
      log: (...words: readonly unknown[]) => void printed.push(words.join(" ")),
      error: () => {},
    };
    const command = yield* program.load(args);
    const run = Command.runWith(command, { version: "0", renderErrors: false });
    const failure = yield* run(args).pipe(
      Effect.as(undefined),
      Effect.catch((error) => Effect.succeed(error.message)),
      Effect.provideService(Console.Console, recording),
      Effect.provideService(References.MinimumLogLevel, "None"),
      Effect.provide(NodeServices.layer),
    );
    const output = printed.join("\n");
    return failure === undefined ? { output } : { output, failure };
  },
);

/** How a process ended. */
export interface ProcessResult {
  /** Its exit code; as in shells, 130 when SIGINT ended it. */
  readonly code: number;
  /** What it wrote to standard output. */
  readonly output: string;
  /** What it wrote to standard error. */
  readonly log: string;
}

/**
 * Runs a program as a process of its own.
 *
 * @param main Address of its main module.
 * @param args Its command line.
 * @param watch Called with the process, and with all that it has written to
 * standard error, whenever it writes there.
 * @returns How it ended.
 */
export const runProgram = async (
  main: URL,
  args: readonly string[],
  watch: (child: ChildProcess, log: string) => void = () => {},
): Promise<ProcessResult> => {
  const path = fileURLToPath(main);
  const child = spawn(Deno.execPath(), ["run", "-A", path, ...args]);
  let output = "";
  let log = "";
  child.stdout.on("data", (data) => output += data);
  child.stderr.on("data", (data) => {
    log += data;
    watch(child, log);
  });
  const [code, signal] = await once(child, "close");
  return { code: code ?? 128 + signalNumber(signal), output, log };
};

const signalNumber = (name: keyof typeof constants.signals): number =>
  constants.signals[name];
