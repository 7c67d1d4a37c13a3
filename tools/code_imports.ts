/**
 * What the code imports, as Deno itself resolves it: static, dynamic and
 * type-only imports, of every source file of the workspace.
 *
 * @module
 */
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** One import of one file. */
export interface CodeImport {
  /** The importing file, relative to the root. */
  readonly file: string;
  /** Line of the import, from 1. */
  readonly line: number;
  /** What the code says, for example `@deepcluster/core`. */
  readonly specifier: string;
  /** A path relative to the root, or an address such as `npm:effect@4.1.0`. */
  readonly target: string;
  /** Why it cannot be resolved; empty when it can. */
  readonly error: string;
}

/**
 * Reads the imports of source files with `deno info`.
 *
 * @param root Folder that holds the workspace's `deno.json`.
 * @param files Files to read, relative to the root.
 * @returns Their imports, by file and line.
 */
export const readImports = async (
  root: string,
  files: readonly string[],
): Promise<CodeImport[]> => {
  const modules = await moduleGraph(root, files);
  const missing = new Map(modules.map((m) => [m.specifier, m.error ?? ""]));
  const wanted = new Set(files);
  const imports = modules.flatMap((module) => {
    const file = within(root, module.specifier);
    if (!wanted.has(file)) return [];
    return (module.dependencies ?? []).flatMap((dependency) =>
      [dependency.code, dependency.type].flatMap((found) =>
        found === undefined ? [] : [{
          file,
          line: (found.span?.start.line ?? 0) + 1,
          specifier: dependency.specifier,
          target: within(root, found.specifier ?? ""),
          error: found.error ?? missing.get(found.specifier ?? "") ?? "",
        }]
      )
    );
  });
  return imports.sort((a, b) =>
    a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line
  );
};

/**
 * Lists the source files of a workspace.
 *
 * @param root Folder to walk; hidden folders, packages and run folders are
 * passed over.
 * @returns Paths relative to the root, in order.
 */
export const sourceFiles = async (root: string): Promise<string[]> => {
  const found: string[] = [];
  const walk = async (folder: string) => {
    for await (const entry of Deno.readDir(join(root, folder))) {
      if (/^\.|^(node_modules|runs|coverage)$/.test(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory) await walk(path);
      else if (/\.tsx?$/.test(entry.name)) found.push(path);
    }
  };
  await walk("");
  return found.sort();
};

/** A resolved reference, as `deno info --json` prints it. */
interface Resolved {
  readonly specifier?: string;
  readonly error?: string;
  readonly span?: { readonly start: { readonly line: number } };
}

/** A module, as `deno info --json` prints it. */
interface Module {
  readonly specifier: string;
  readonly error?: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly code?: Resolved;
    readonly type?: Resolved;
  }[];
}

/** `deno info` takes one file, so a temporary one imports all the others. */
const moduleGraph = async (
  root: string,
  files: readonly string[],
): Promise<readonly Module[]> => {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(
      entry,
      files.map((f) => `import "${pathToFileURL(join(root, f))}";\n`).join(""),
    );
    const info = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--config", join(root, "deno.json"), entry],
      cwd: root,
    }).output();
    if (!info.success) throw new Error(new TextDecoder().decode(info.stderr));
    return JSON.parse(new TextDecoder().decode(info.stdout)).modules;
  } finally {
    await Deno.remove(entry);
  }
};

const within = (root: string, address: string): string =>
  address.startsWith("file:")
    ? relative(root, fileURLToPath(address))
    : address;
