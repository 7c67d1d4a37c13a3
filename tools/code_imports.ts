/**
 * What the code imports, as Deno itself resolves it: static, dynamic and
 * type-only imports, of every source file of the workspace.
 *
 * @module
 */
import { dirname, join, relative } from "node:path";
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
 * @param root Folder to walk; hidden folders, packages and the root's folders
 * of runs and of packed files are skipped.
 * @returns Paths relative to the root, in order.
 */
export const sourceFiles = async (root: string): Promise<string[]> => {
  const found: string[] = [];
  const walk = async (folder: string) => {
    for await (const entry of Deno.readDir(join(root, folder))) {
      const path = join(folder, entry.name);
      if (/^\.|^(node_modules|coverage)$/.test(entry.name)) continue;
      if (notSource.has(path)) continue;
      if (entry.isDirectory) await walk(path);
      else if (/\.(tsx?|js)$/.test(entry.name)) found.push(path);
    }
  };
  await walk("");
  return found.sort();
};

/**
 * Reads which modules a file starts as threads or processes of their own, or
 * hands to a browser: `new URL("./x.ts", import.meta.url)`.
 *
 * @param root Folder that holds the workspace's `deno.json`.
 * @param file The file, relative to the root; one that does not exist starts
 * none.
 * @returns Their paths, relative to the root.
 */
export const threadsOf = (root: string, file: string): Promise<string[]> =>
  namedFiles(root, file, /\.[jt]s$/);

/**
 * Reads which style sheets and drawings a file hands to a browser, named as
 * above.
 *
 * @param root Folder that holds the workspace's `deno.json`.
 * @param file The file, relative to the root.
 * @returns Their paths, relative to the root.
 */
export const assetsOf = (root: string, file: string): Promise<string[]> =>
  namedFiles(root, file, /\.(css|svg)$/);

const namedFiles = async (
  root: string,
  file: string,
  ending: RegExp,
): Promise<string[]> => {
  const code = await Deno.readTextFile(join(root, file)).catch(() => "");
  return Array.from(
    code.matchAll(
      /new URL\(\s*"(\.\/[^"]+)",\s*import\.meta\.url,?\s*\)/g,
    ),
    ([, path]) => join(dirname(file), path!),
  ).filter((path) => ending.test(path));
};

/** Folders of the root that hold what programs wrote. */
const notSource: ReadonlySet<string> = new Set(["dist", "runs"]);

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
