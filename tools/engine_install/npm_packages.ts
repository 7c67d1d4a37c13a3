/**
 * Packages of npm in the folder of the engines.
 *
 * @module
 */
import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InstallError, run } from "./installer.ts";

/** Versions by name of package. */
export type Packages = Readonly<Record<string, string>>;

/**
 * Installs packages beside those that are there, without running their scripts:
 * those of TensorFlow.js download a TensorFlow of 2022.
 *
 * @param folder The folder that has `node_modules`.
 * @param packages What to install.
 * @returns What was done, as a sentence. Fails with {@link InstallError} when
 * npm is missing or cannot fetch them; npm then leaves all as it was. Where npm
 * was interrupted the time before, all are installed anew; an addon that was
 * built there must be built again.
 */
export const installPackages = async (
  folder: string,
  packages: Packages,
): Promise<string> => {
  const wanted = Object.entries(packages);
  const list = wanted.map(([name, version]) => `${name} ${version}`)
    .join(" and ");
  if (await stat(unfinished(folder)).catch(() => undefined)) {
    // npm takes a package for installed whose manifest is there.
    await rm(join(folder, "node_modules"), { recursive: true, force: true });
  }
  const present = await Promise.all(
    wanted.map(async ([name, version]) =>
      await installedVersion(folder, name) === version
    ),
  );
  if (present.every(Boolean)) return `Installed already: ${list} in ${folder}`;
  await npmInstall(folder, wanted);
  return `Installed ${list} in ${folder}`;
};

/**
 * Reads which version of a package is installed.
 *
 * @param folder The folder that has `node_modules`.
 * @param name Name of the package.
 * @returns Its version, or `undefined` when it is not there, or only in part.
 */
export const installedVersion = async (
  folder: string,
  name: string,
): Promise<string | undefined> => {
  const manifest = join(folder, "node_modules", name, "package.json");
  try {
    return JSON.parse(await Deno.readTextFile(manifest)).version;
  } catch (error) {
    const isHalf = error instanceof SyntaxError;
    if (isHalf || error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
};

/**
 * Removes a package, and what nothing else needs.
 *
 * @param folder The folder that has `node_modules`.
 * @param name Name of the package; it need not be there.
 */
export const removePackage = async (
  folder: string,
  name: string,
): Promise<void> => {
  await npm(folder, "uninstall", name);
};

/**
 * Unpacks a package without what it depends on.
 *
 * @param name Name of the package.
 * @param version Its version.
 * @param folder Where it goes; made.
 */
export const unpackPackage = async (
  name: string,
  version: string,
  folder: string,
): Promise<void> => {
  await Deno.mkdir(folder, { recursive: true });
  const packed = await npm(
    folder,
    ...["pack", `${name}@${version}`, "--json", "--fetch-retries=1"],
    ...["--pack-destination", folder],
  );
  if (!packed.success) throw notFetched([`${name}@${version}`], packed.stderr);
  const file = join(folder, JSON.parse(packed.stdout)[0].filename);
  const { success, stderr } = await run(
    "tar",
    ["-xzf", file, "-C", folder, "--strip-components=1"],
    "install it",
  );
  if (!success) {
    throw new InstallError(`tar could not unpack ${file}: ${stderr}`);
  }
  await Deno.remove(file);
};

const npmInstall = async (
  folder: string,
  packages: readonly (readonly [string, string])[],
) => {
  const specifiers = packages.map(([name, version]) => `${name}@${version}`);
  await writeFile(unfinished(folder), "");
  try {
    const { success, stderr } = await npm(
      folder,
      ...["install", "--save-exact", "--fetch-retries=1", ...specifiers],
    );
    if (!success) throw notFetched(specifiers, stderr);
  } finally {
    await rm(unfinished(folder));
  }
};

/** Is there while npm works, and stays where it was interrupted. */
const unfinished = (folder: string) => join(folder, ".npm-unfinished");

const notFetched = (specifiers: readonly string[], stderr: string) =>
  new InstallError(
    `npm could not install ${specifiers.join(" and ")}: it says "${
      reasonOf(stderr)
    }"; npm ping tells whether its registry can be reached`,
  );

const npm = (folder: string, ...args: readonly string[]) =>
  run(
    // On Windows, npm is a script of the shell.
    Deno.build.os === "windows" ? "npm.cmd" : "npm",
    [
      ...args,
      ...["--prefix", folder, "--ignore-scripts"],
      ...["--no-audit", "--no-fund", "--loglevel=error"],
    ],
    "install Node.js, which brings it",
  );

/** Fails with {@link InstallError} where there is no npm. */
export const checkNpm = async (): Promise<void> => {
  await npm(".", "--version");
};

/** Lines of npm's error without its prefix and where its log lies. */
const reasonOf = (stderr: string): string =>
  stderr.split("\n")
    .map((line) => line.replace(/^npm (error|ERR!) ?/, "").trim())
    .filter((line) => line !== "" && !/complete log|debug-\d\.log/.test(line))
    .join(" ");
