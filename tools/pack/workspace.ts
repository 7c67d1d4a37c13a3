/**
 * What there is to pack: the libs and apps, as their `deno.json` state them.
 *
 * @module
 */
import { join } from "node:path";
import { sourceFiles } from "../code_imports.ts";
import { projectOf } from "../ranks.ts";

/** A lib or app that becomes a package. */
export interface Member {
  /** Its folder, for example `libs/core`. */
  readonly root: string;
  /** Name of the package, for example `@deepcluster/core`. */
  readonly name: string;
  /** Paths relative to `root` by what is exported, such as `./mod.ts` by `.`. */
  readonly exports: Readonly<Record<string, string>>;
  /** What it is, from the header of its main module. */
  readonly description: string;
}

/** All that is packed. */
export interface Workspace {
  /** The version of every package, from the root's `deno.json`. */
  readonly version: string;
  /** Versions of the packages of others, by name. */
  readonly packages: ReadonlyMap<string, string>;
  /** Libs and apps. */
  readonly members: readonly Member[];
}

/**
 * Reads a workspace.
 *
 * @param root Folder that holds the workspace's `deno.json`.
 * @returns What is in it.
 * @throws Error when a lib or app states another version than the root.
 */
export const readWorkspace = async (root: string): Promise<Workspace> => {
  const { version, imports } = await readConfig(root);
  const roots = new Set(
    (await sourceFiles(root)).map(projectOf)
      .filter(({ kind }) => kind !== "folder").map((project) => project.root),
  );
  const members = await Promise.all(
    [...roots].map((folder) => readMember(root, folder, version)),
  );
  return {
    version,
    packages: new Map(
      Object.entries<string>(imports).map(([name, address]) => [
        name,
        address.slice(address.lastIndexOf("@") + 1),
      ]),
    ),
    members,
  };
};

const readMember = async (
  root: string,
  folder: string,
  version: string,
): Promise<Member> => {
  const config = await readConfig(join(root, folder));
  if (config.version !== version) {
    throw new Error(
      `Cannot pack ${folder} as its version must be that of the root's ` +
        `deno.json: current versions are ${config.version}, ${version}`,
    );
  }
  const main = await Deno.readTextFile(join(root, folder, config.exports["."]));
  return {
    root: folder,
    name: config.name,
    exports: config.exports,
    description: headerOf(main),
  };
};

const readConfig = async (folder: string) =>
  JSON.parse(await Deno.readTextFile(join(folder, "deno.json")));

/** The doc comment that opens a file, as one paragraph. */
const headerOf = (text: string): string => {
  const [, header = ""] = /^\/\*\*([^]*?)\*\//.exec(text) ?? [];
  return header.replaceAll(/^ *\* ?/gm, "").split("@module")[0]!.trim()
    .replaceAll(/\s*\n\s*/g, " ");
};

/**
 * Names the module that each import by name means.
 *
 * @param members Libs and apps.
 * @returns Paths relative to the root, such as `libs/core/mod.ts` by
 * `@deepcluster/core`.
 */
export const moduleNames = (
  members: readonly Member[],
): ReadonlyMap<string, string> =>
  new Map(
    members.flatMap(({ root, name, exports }) =>
      Object.entries(exports).map(([subpath, path]) =>
        [join(name, subpath), join(root, path)] as const
      )
    ),
  );

/**
 * Reads the part of a changelog that tells of its newest version.
 *
 * @param changelog The whole text.
 * @returns The part, from its heading on.
 */
export const releaseNote = (changelog: string): string =>
  "## " + changelog.split(/^## /m)[1]!.trim() + "\n";
