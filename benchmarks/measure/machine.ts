/**
 * When, where and with which versions something was measured.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
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
    /** Name and family, see {@link Processor}. */
    readonly cpu: string;
    readonly family: string;
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
): Origin => {
  const { name, family } = processor();
  return {
    date: new Date().toISOString(),
    commit: commit(),
    machine: {
      cpu: name,
      family,
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      system: `${process.platform} ${process.arch}`,
    },
    versions: { ...runtime(), ...versions },
  };
};

/** A processor. */
export interface Processor {
  /** Such as `AMD EPYC`. */
  readonly name: string;
  /**
   * Such as `AuthenticAMD family 26`, under Linux: virtual machines give the
   * same name to several generations. Elsewhere the name.
   */
  readonly family: string;
}

/**
 * Looks up the processor.
 *
 * @returns See {@link Processor}.
 */
export const processor = (): Processor => {
  const name = cpus()[0]?.model.trim() ?? "unknown";
  if (process.platform !== "linux") return { name, family: name };
  const text = readFileSync("/proc/cpuinfo", "utf8");
  const [vendor, family] = ["vendor_id", "cpu family"].map((field) =>
    text.match(new RegExp(`^${field}\\s*: (.*)$`, "m"))?.[1]
  );
  return {
    name,
    family: family === undefined ? name : `${vendor} family ${family}`,
  };
};

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
