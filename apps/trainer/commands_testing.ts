/**
 * The trainer's commands within the process of a test, which is quicker than a
 * child process and takes the same command lines.
 *
 * @module
 */
import * as NodeServices from "@effect/platform-node/NodeServices";
import { Console, Effect, References } from "effect";
import { Command } from "effect/cli";
import { trainer } from "./commands.ts";

/** Flags of a run on a few pictures that takes seconds, without `--epochs`. */
export const quickSettings: readonly string[] = [
  ..."--network small --size 32 --no-sobel --clusters 4 --pca 8 --batch 8"
    .split(" "),
  ..."--kmeans-iterations 3 --dropout 0 --threads 1".split(" "),
];

/** How a command ended. */
export interface CommandResult {
  /** What it printed. */
  readonly output: string;
  /** Why it failed; absent when it did not. */
  readonly failure?: string;
}

/**
 * Runs a command of the trainer.
 *
 * @param args Its command line.
 * @returns What it printed, and why it failed. Progress goes to standard error
 * as always.
 */
export const inProcess = Effect.fnUntraced(function* (
  ...args: readonly string[]
) {
  const printed: string[] = [];
  const recording: Console.Console = {
    ...console,
    log: (...words: readonly unknown[]) => void printed.push(words.join(" ")),
    error: () => {},
  };
  const command = yield* trainer.load(args);
  const run = Command.runWith(command, { version: "0", renderErrors: false });
  const failure = yield* run(args).pipe(
    Effect.as(undefined),
    Effect.catch((error) => Effect.succeed(error.message)),
    Effect.provideService(Console.Console, recording),
    Effect.provideService(References.MinimumLogLevel, "None"),
    Effect.provide(NodeServices.layer),
  );
  const output = printed.join("\n");
  return (failure === undefined ? { output } : {
    output,
    failure,
  }) satisfies CommandResult as CommandResult;
});
