/**
 * Another revision of the code in a temporary folder, with the benchmarks of
 * this one.
 *
 * @module
 */
import { join } from "node:path";
import { root } from "../measure/machine.ts";

/**
 * Checks a revision out beside this one, for the time of `use`.
 *
 * @param revision Anything that git takes for a commit.
 * @param use Gets the folder.
 * @returns What `use` returns. Throws when the revision is none, or when its
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
    await takeBenchmarks(folder);
    await command(Deno.execPath(), ["install", "--quiet"], folder);
    return await use(folder);
  } finally {
    await command("git", ["worktree", "remove", "--force", folder], root);
    await Deno.remove(parent, { recursive: true });
  }
};

/** What trials are made of; they import no package that only benchmarks do. */
const takeBenchmarks = async (folder: string): Promise<void> => {
  const target = join(folder, "benchmarks");
  await Deno.mkdir(target, { recursive: true });
  for (const part of ["measure", "works", "compare"]) {
    await command("rm", ["-rf", join(target, part)], folder);
    const from = join(root, "benchmarks", part);
    await command("cp", ["-r", from, join(target, part)], folder);
  }
};

/**
 * Runs a command to its end.
 *
 * @param name The command.
 * @param args Its arguments.
 * @param cwd Where.
 * @returns What it printed. Throws with its errors when it fails.
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
  const said = new TextDecoder().decode(stderr);
  throw new Error(`Cannot run ${name} ${args.join(" ")}: ${said}`);
};
