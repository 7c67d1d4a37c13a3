/**
 * The trainer as a child process that works on a few pictures.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A trainer that works. */
export interface RunningTrainer {
  /** Kills it, so that it cannot do anything before it ends. */
  readonly kill: () => Promise<void>;
  /** Its exit code; `null` when it was killed. */
  readonly ended: Promise<number | null>;
}

/** Flags of a run on a few pictures, whose epochs take a second or so. */
export const tinySettings: readonly string[] = [
  ..."--network small --size 32 --no-sobel --clusters 4 --pca 8 --batch 8"
    .split(" "),
  ..."--kmeans-iterations 3 --dropout 0 --threads 1".split(" "),
];

const main = fileURLToPath(new URL("../trainer/main.ts", import.meta.url));

/**
 * Starts the trainer.
 *
 * @param args Its command line.
 * @returns The process.
 */
export const startTrainer = (args: readonly string[]): RunningTrainer => {
  const child = spawn(Deno.execPath(), ["run", "-A", main, ...args], {
    stdio: "ignore",
  });
  const ended = once(child, "close").then(([code]) => code);
  return {
    ended,
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
};
