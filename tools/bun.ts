/**
 * Runs Bun in the version that the benchmarks use: the one that is installed
 * if it is that version, or else through npx.
 *
 * @module
 */

/** The version of Bun. */
export const pinnedBun = "1.4.5";

const installed = async (): Promise<boolean> => {
  try {
    const { stdout } = await new Deno.Command("bun", { args: ["--version"] })
      .output();
    return new TextDecoder().decode(stdout).trim() === pinnedBun;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
};

if (import.meta.main) {
  const [command, ...first] = await installed()
    ? ["bun"]
    : ["npx", "-y", `bun@${pinnedBun}`];
  const child = new Deno.Command(command!, { args: [...first, ...Deno.args] })
    .spawn();
  Deno.exit((await child.status).code);
}
