/**
 * All conformance cases on one provider, by `deno test` in a process of its
 * own. Results are read as they come: a driver that ends the process, or a
 * limit, leaves what was found before.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { lastText, textLines } from "./text_lines.ts";

/** What was found. */
export interface ConformanceResult {
  readonly passed: number;
  readonly failed: number;
  /** Names of the failed cases with what they said, cut to 500 letters. */
  readonly failures: readonly {
    readonly name: string;
    readonly says: string;
  }[];
  /** Whether all cases were run. */
  readonly complete: boolean;
  /** How the process ended, where it did not run all cases. */
  readonly ended?: string;
}

/** Which engine, and for how long. */
export interface ConformanceOptions {
  readonly engine: string;
  readonly provider: string;
  readonly software: boolean;
  /** Variables that Vulkan and CUDA need. */
  readonly env: Readonly<Record<string, string>>;
  /** Part of the names of the cases to run. Default: all. */
  readonly filter?: string;
  readonly limitMs: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const config = join(root, "deno.json");
const cases = join(
  root,
  "libs/gpu-backend/conformance/selected_engine_testing.ts",
);

/**
 * Runs the cases.
 *
 * @param options See {@link ConformanceOptions}.
 * @returns See {@link ConformanceResult}.
 */
export const runConformance = async (
  options: ConformanceOptions,
): Promise<ConformanceResult> => {
  const { engine, provider, software, env, filter, limitMs, signal } = options;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      // Without it, Deno would look for one from the working directory upwards.
      ...["test", "-A", "--no-check", "--reporter=tap", `--config=${config}`],
      ...filter === undefined ? [] : ["--filter", filter],
      cases,
    ],
    env: {
      ...env,
      ENGINE: engine,
      PROVIDER: provider,
      ...software && { SOFTWARE: "1" },
    },
    signal,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const complaints = lastText(child.stderr);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, limitMs);
  const lines: string[] = [];
  for await (const line of textLines(child.stdout)) lines.push(line);
  clearTimeout(timer);
  const { code, signal: killedBy } = await child.status;
  const found = readTap(lines);
  if (found.complete) return found;
  const seconds = (limitMs / 1000).toFixed(0);
  const ended = late
    ? `stopped after ${seconds} s`
    : `ended with ${killedBy ?? `code ${code}`}: ${await complaints}`;
  return { ...found, ended };
};

/**
 * Reads what `deno test --reporter=tap` prints, up to where it broke off.
 *
 * @param lines Its lines.
 * @returns What was found; complete when the plan `1..n` was read.
 */
export const readTap = (lines: readonly string[]): ConformanceResult => {
  const failures: { name: string; says: string }[] = [];
  let passed = 0;
  let complete = false;
  for (const [i, line] of lines.entries()) {
    const [, not, name] = /^(not )?ok \d+ - (.*)$/.exec(line) ?? [];
    if (/^1\.\.\d+$/.test(line)) complete = true;
    if (name === undefined) continue;
    if (not === undefined) passed++;
    else failures.push({ name, says: messageAfter(lines, i) });
  }
  return { passed, failed: failures.length, failures, complete };
};

// deno-lint-ignore no-control-regex -- colours
const withoutColours = (text: string) => text.replaceAll(/\x1b\[[0-9;]*m/g, "");

/** `{"message": …}` between the lines `---` and `...` after a failure. */
const messageAfter = (lines: readonly string[], at: number): string => {
  const end = lines.indexOf("  ...", at);
  const text = lines.slice(at + 2, end < 0 ? undefined : end).join("\n");
  const [, message = text] = /"message":("(?:[^"\\]|\\.)*")/.exec(text) ?? [];
  return withoutColours(message.startsWith('"') ? JSON.parse(message) : message)
    .trim().slice(0, 500);
};
