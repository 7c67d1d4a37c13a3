/**
 * What the packed GPU check holds of the workspace: the modules that its
 * programs load and the npm packages that those import.
 *
 * @module
 */
import { dirname, join, relative } from "node:path";
import { readImports, sourceFiles, threadsOf } from "../code_imports.ts";

/** Files and packages of a program. */
export interface Contents {
  /** Modules, relative to the root, in order. */
  readonly modules: readonly string[];
  /** Folders of npm packages below `node_modules/.deno`, in order. */
  readonly packages: readonly string[];
}

/**
 * Finds what programs load.
 *
 * @param root Folder that holds the workspace's `deno.json`.
 * @param entries Main modules of the programs, relative to the root.
 * @returns See {@link Contents}.
 */
export const contentsOf = async (
  root: string,
  entries: readonly string[],
): Promise<Contents> => {
  const all = await readImports(root, await sourceFiles(root));
  const imports = Map.groupBy(all, ({ file }) => file);
  const modules = new Set(entries);
  const names = new Set<string>();
  for (const file of modules) {
    for (const { target } of imports.get(file) ?? []) {
      const name = packageOf(target);
      if (name !== undefined) names.add(name);
      else if (!/^[a-z]+:/.test(target)) modules.add(target);
    }
    for (const thread of await threadsOf(root, file)) modules.add(thread);
  }
  return {
    modules: [...modules].sort(),
    packages: await packagesOf(root, [...names]),
  };
};

/** `effect` of `npm:/effect@4.1.0/rpc`. */
const packageOf = (target: string): string | undefined =>
  /^npm:\/?((?:@[^/]+\/)?[^@/]+)@/.exec(target)?.[1];

/** The packages of these names and all that they depend on. */
const packagesOf = async (
  root: string,
  names: readonly string[],
): Promise<string[]> => {
  const store = join(root, "node_modules", ".deno");
  const folderOf = async (link: string) =>
    relative(store, await Deno.realPath(link)).split("/")[0]!;
  const found = new Set<string>();
  for (const name of names) {
    found.add(await folderOf(join(root, "node_modules", name)));
  }
  for (const folder of found) {
    for (const link of await linksOf(join(store, folder, "node_modules"))) {
      found.add(await folderOf(link));
    }
  }
  return [...found].sort();
};

/** Links to the packages that a package depends on. */
const linksOf = async (folder: string): Promise<string[]> => {
  const links: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isSymlink) links.push(path);
    else if (entry.name.startsWith("@")) links.push(...await linksOf(path));
  }
  return links;
};

/**
 * Whether a file of an npm package is of use on x86-64 Linux at run time.
 *
 * @param path Path of the file below the package's folder.
 * @returns `false` for declarations, source maps, documents, sources of
 * TypeScript, command lines and binaries of other systems.
 */
export const isNeeded = (path: string): boolean =>
  !/\.(d\.[cm]?ts|map|md|markdown|tsbuildinfo)$/i.test(path) &&
  !/\.[cm]?tsx?$/.test(path) &&
  !/(^|\/)(docs?|examples?|tests?|cli)\//.test(`${dirname(path)}/`) &&
  !/(^|\/)(darwin|win32|arm64|arm)(\/|$)/.test(path);
