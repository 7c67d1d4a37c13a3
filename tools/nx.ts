/**
 * Runs Nx: `deno task nx affected -t test`.
 *
 * Nx is about a hundred packages that nothing else here needs, so it is
 * fetched when it is first asked for, in the versions of `tools/nx/deno.lock`,
 * into the folder where Nx looks when a repository has no `package.json`.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const installation = join(root, ".nx", "installation");

/**
 * Runs Nx in the root of the workspace, without its daemon and its cloud.
 *
 * @param args What follows `nx`.
 * @param stdout Where its output goes; standard error is shared.
 * @returns Its exit code.
 */
export const nx = async (
  args: readonly string[],
  stdout: "inherit" | "null" = "inherit",
): Promise<number> => {
  await install();
  const program = join(installation, "node_modules", "nx", "dist", "bin");
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(program, "nx.js"), ...args],
    cwd: root,
    env: {
      DENO_NO_UPDATE_CHECK: "1",
      NX_DAEMON: "false",
      NX_NO_CLOUD: "true",
      PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`,
    },
    stdout,
  }).spawn();
  return (await child.status).code;
};

const install = async (): Promise<void> => {
  const wanted = join(root, "tools", "nx");
  if (await sameText(join(wanted, "deno.lock"), join(installation, "done"))) {
    return;
  }
  await Deno.mkdir(installation, { recursive: true });
  for (const file of ["deno.json", "deno.lock"]) {
    await Deno.copyFile(join(wanted, file), join(installation, file));
  }
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--frozen", "--quiet"],
    cwd: installation,
    stdout: "null",
  }).spawn().status;
  if (!success) throw new Error("Cannot install Nx: see the lines above");
  await Deno.copyFile(join(wanted, "deno.lock"), join(installation, "done"));
};

const sameText = async (one: string, other: string): Promise<boolean> => {
  const [a, b] = await Promise.all(
    [one, other].map((path) => Deno.readTextFile(path).catch(() => undefined)),
  );
  return a !== undefined && a === b;
};

if (import.meta.main) Deno.exit(await nx(Deno.args));
