/**
 * Installs an engine that `deno install` does not bring:
 * `deno task engine:install NAME`.
 *
 * It goes to the folder `engines/` beside `deno.json`, where the libs look for
 * it; the dependencies of the project stay as they are. To remove all engines,
 * remove that folder.
 *
 * @module
 */
import { enginesFolder } from "@deepcluster/gpu-backend";
import { mkdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { InstallError } from "./installer.ts";
import { installers } from "./installers.ts";

const names = Object.keys(installers);

const help = `Installs an engine: deno task engine:install NAME

${
  Object.entries(installers).map(([name, { description, flags = "" }]) =>
    `  ${name.padEnd(14)} ${description}\n${" ".repeat(17)}${flags}`.trimEnd()
  ).join("\n")
}

It goes to the folder engines/ beside deno.json; to remove it, remove that
folder. See docs/engines.md.`;

/**
 * Installs the engine that the command line names.
 *
 * @param args The command line.
 * @param folder Where engines are installed.
 * @returns What to print, and the exit code.
 */
export const engineInstall = async (
  args: readonly string[],
  folder: string,
): Promise<{ text: string; code: number }> => {
  const [name, ...more] = args;
  if (name === "--help" || name === "-h") return { text: help, code: 0 };
  const installer = name !== undefined && more.length === 0 &&
      Object.hasOwn(installers, name)
    ? installers[name]
    : undefined;
  if (installer === undefined) {
    return {
      text: `Cannot install an engine as NAME must be one of ${
        names.join(", ")
      }: current value is ${args.join(" ") || "none"}`,
      code: 1,
    };
  }
  try {
    const done = await alone(folder, () => installer.install(folder));
    const next = installer.flags === undefined
      ? "deno task test libs/gpu-backend"
      : `deno task train IMAGES --run DIR ${installer.flags}`;
    return { text: `${done}\nUse it so: ${next}`, code: 0 };
  } catch (error) {
    await rmdir(folder).catch(() => {}); // unless something is in it
    if (!(error instanceof InstallError)) throw error;
    return { text: `Cannot install ${name} as ${error.message}`, code: 1 };
  }
};

/** Works in the folder, made if need be, while no other process does. */
const alone = async (folder: string, work: () => Promise<string>) => {
  const path = join(folder, ".lock");
  const lock = await mkdir(folder, { recursive: true })
    .then(() => Deno.open(path, { create: true, write: true }))
    .catch(({ message }) => {
      throw new InstallError(`${folder} cannot be written: ${message}`);
    });
  try {
    if (!await lock.tryLock(true)) {
      throw new InstallError(
        `another engine:install is at work in ${folder}: wait until it has ended`,
      );
    }
    try {
      return await work();
    } finally {
      await Deno.remove(path);
    }
  } finally {
    lock.close();
  }
};

if (import.meta.main) {
  const { text, code } = await engineInstall(Deno.args, enginesFolder);
  (code === 0 ? console.log : console.error)(text);
  Deno.exit(code);
}
