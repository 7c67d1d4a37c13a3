/**
 * When, where and with which versions something was measured.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import process from "node:process";

/** Root of the workspace. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The head of every results file. */
export interface Origin {
  /** Date and time, UTC. */
  readonly date: string;
  /** Commit of the code, with `+` if files were changed since. */
  readonly commit: string;
  /** The machine. */
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly system: string;
  };
  /** Versions by name of runtime or library. */
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Returns date, commit, machine and versions.
 *
 * @param versions Further versions, by name.
 * @returns See {@link Origin}.
 */
export const origin = (
  versions: Readonly<Record<string, string>> = {},
): Origin => ({
  date: new Date().toISOString(),
  commit: commit(),
  machine: {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${process.platform} ${process.arch}`,
  },
  versions: { ...runtime(), ...versions },
});

const runtime = (): Record<string, string> => {
  const { bun, deno, node } = process.versions;
  if (bun !== undefined) return { bun };
  return deno === undefined ? { node: node! } : { deno };
};

const commit = (): string => {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  const changed = git("status", "--porcelain", "--untracked-files=no") !== "";
  return git("rev-parse", "--short=12", "HEAD") + (changed ? "+" : "");
};
