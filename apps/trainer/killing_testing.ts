/**
 * A run as a child process that can be killed at a chosen moment.
 *
 * @module
 */
import { type ProcessResult, runProgram } from "@deepcluster/test/commands";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";

/** When to kill a run: some time after a phase has begun. */
export interface Moment {
  /** Start of a progress line, such as `epoch 2 train`. */
  readonly phase: string;
  /** Milliseconds after the first line of the phase. */
  readonly afterMs: number;
  /** What is waited for besides. */
  readonly until?: Promise<unknown>;
}

/** How the trainer ended. */
export interface TrainerResult extends ProcessResult {
  /** Whether it was sent the signal before its end. */
  readonly killed: boolean;
}

const main = new URL("./main.ts", import.meta.url);

/**
 * Runs the trainer as a child process.
 *
 * @param args Its command line.
 * @param moment When to send the signal; never when absent.
 * @param signal Which signal.
 * @returns How it ended.
 */
export const runTrainer = async (
  args: readonly string[],
  moment?: Moment,
  signal: "SIGKILL" | "SIGINT" = "SIGKILL",
): Promise<TrainerResult> => {
  let reached = false;
  let killed = false;
  const result = await runProgram(main, args, (child, log) => {
    if (!moment || reached || !log.includes(moment.phase)) return;
    reached = true;
    setTimeout(async () => {
      await moment.until;
      killed = child.kill(signal);
    }, moment.afterMs);
  });
  return { ...result, killed };
};

/**
 * Makes small pictures of a few kinds.
 *
 * @param folder Where to; made when it does not exist.
 * @param count How many.
 */
export const makePictures = async (
  folder: string,
  count: number,
): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    const side = 20 + i % 13;
    const data = Buffer.alloc(side * side * 3);
    for (let p = 0; p < data.length; p++) {
      data[p] = (p * (1 + i % 5) + 37 * i + (p >> (i % 7))) & 255;
    }
    const picture = sharp(data, {
      raw: { width: side, height: side, channels: 3 },
    });
    await picture.png().toFile(join(folder, `picture-${i}.png`));
  }
};

/**
 * Hashes of what a run learned: checkpoints, clusterings and assignments.
 *
 * @param run The run folder.
 * @returns SHA-256 by path, sorted.
 */
export const resultsOf = async (
  run: string,
): Promise<Readonly<Record<string, string>>> => {
  const hashes: Record<string, string> = {};
  for (const folder of ["assignments", "checkpoints", "clusters"]) {
    for (const name of (await readdir(join(run, folder))).sort()) {
      const bytes = await readFile(join(run, folder, name));
      hashes[`${folder}/${name}`] = createHash("sha256").update(bytes)
        .digest("hex");
    }
  }
  return hashes;
};
