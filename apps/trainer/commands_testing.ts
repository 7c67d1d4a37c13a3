/**
 * The trainer's commands within the process of a test, which is quicker than a
 * child process and takes the same command lines.
 *
 * @module
 */
import { type CommandResult, runInProcess } from "@deepcluster/test/commands";
import type { Effect } from "effect";
import { trainer } from "./commands.ts";

/** Flags of a run on a few pictures that takes seconds, without `--epochs`. */
export const quickSettings: readonly string[] = [
  ..."--network small --size 32 --no-sobel --clusters 4 --pca 8 --batch 8"
    .split(" "),
  ..."--kmeans-iterations 3 --dropout 0 --threads 1".split(" "),
];

/**
 * Runs a command of the trainer.
 *
 * @param args Its command line.
 * @returns How it ended.
 */
export const inProcess = (
  ...args: readonly string[]
): Effect.Effect<CommandResult> => runInProcess(trainer, args);
