/**
 * Another revision of the code in a temporary folder, with the benchmarks of
 * this revision.
 *
 * @module
 */
import { join } from "node:path";
import { root } from "../measure/machine.ts";

/**
 * Checks out a revision in a temporary folder and removes it after `use`.
 *
 * @param revision Any revision that git knows.
 * @param use Receives the folder.
 * @returns What `use` returns. Throws if git does not know the revision or its
 * packages cannot be installed.
 */
export const withRevision = async <A>(
  revision: string,
  use: (folder: string) => Promise<A>,
): Promise<A> => {
  const parent = await Deno.makeTempDir({ prefix: "compare-" });
  const folder = join(parent, "base");
  await command("git", ["worktree", "add", "--detach", folder, revision], root);
  try {
    await copyBenchmarks(folder);
    await command(Deno.execPath(), ["install", "--quiet"], folder);
    return await use(folder);
  } finally {
    await command("git", ["worktree", "remove", "--force", folder], root);
    await Deno.remove(parent, { recursive: true });
  }
};

/** Copies what a trial imports; none of it needs a package of its own. */
const copyBenchmarks = async (folder: string): Promise<void> => {
  const target = join(folder, "benchmarks");
  await Deno.mkdir(target, { recursive: true });
  for (const part of ["measure", "workloads", "compare"]) {
    await command("rm", ["-rf", join(target, part)], folder);
    const from = join(root, "benchmarks", part);
    await command("cp", ["-r", from, join(target, part)], folder);
  }
};

/**
 * Runs a command and waits for its end.
 *
 * @param name The command.
 * @param args Its arguments.
 * @param cwd Working folder.
 * @returns What it printed. Throws with its standard error if it fails.
 */
export const command = async (
  name: string,
  args: readonly string[],
  cwd: string,
): Promise<string> => {
  const { success, stdout, stderr } = await new Deno.Command(name, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  const message = new TextDecoder().decode(stderr);
  throw new Error(`Cannot run ${name} ${args.join(" ")}: ${message}`);
};
