/**
 * Compiles the libs and apps for runtimes that read no TypeScript.
 *
 * @module
 */
import { relative, resolve } from "node:path";
import ts from "typescript";
import { projectOf } from "../ranks.ts";

/** A compiled file. */
export interface CompiledFile {
  /** Its path relative to the root, such as `libs/core/mod.js`. */
  readonly path: string;
  /** What it holds. */
  readonly text: string;
  /** What it imports, as written. */
  readonly imports: readonly string[];
}

/**
 * Compiles modules, and all that they import by path or by the names of the
 * workspace, to ES modules with their declarations.
 *
 * @param root Folder that holds the workspace's `deno.json`.
 * @param modules Paths relative to the root.
 * @param names Paths relative to the root by the name that modules are imported
 * by, such as `@deepcluster/core`.
 * @returns A `.js` for each module, a `.d.ts` for each of a lib, and the JSON
 * files that they import.
 * @throws Error when a module does not compile.
 */
export const compile = (
  root: string,
  modules: readonly string[],
  names: ReadonlyMap<string, string>,
): CompiledFile[] => {
  const out = resolve(root, "dist");
  const program = ts.createProgram(
    modules.map((path) => resolve(root, path)),
    {
      ...options,
      typeRoots: [resolve(root, "node_modules/.deno/node_modules/@types")],
      paths: Object.fromEntries(
        [...names].map(([name, path]) => [name, [resolve(root, path)]]),
      ),
      rootDir: resolve(root),
      outDir: out,
    },
  );
  const compiled: CompiledFile[] = [];
  const emitted = program.emit(undefined, (file, content) => {
    const path = relative(out, file);
    if (path.endsWith(".d.ts") && !isDeclared(path)) return;
    const text = withCompiledNames(content);
    const imports = ts.preProcessFile(text).importedFiles;
    compiled.push({
      path,
      text,
      imports: imports.map(({ fileName }) => fileName),
    });
  });
  const diagnostics = [
    ...program.getSemanticDiagnostics(),
    ...emitted.diagnostics.filter(({ file }) =>
      file === undefined || isDeclared(relative(root, file.fileName))
    ),
  ];
  if (diagnostics.length === 0) return compiled;
  const reasons = ts.formatDiagnostics(diagnostics, {
    getCurrentDirectory: () => root,
    getCanonicalFileName: (name) => name,
    getNewLine: () => "\n",
  });
  throw new Error(`Cannot pack as the code must compile:\n${reasons}`);
};

/** The root's own compiler options, and what an ES module on disk needs. */
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.esnext.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  resolveJsonModule: true,
  allowJs: true,
  checkJs: true,
  declaration: true,
  rewriteRelativeImportExtensions: true,
};

/** Libs are for programmers, apps for the command line alone. */
const isDeclared = (path: string): boolean => projectOf(path).kind === "lib";

/**
 * Names that the compiler leaves as they are: files of threads, and the
 * imports of declarations.
 */
const withCompiledNames = (text: string): string =>
  text.replaceAll(
    /(new URL\("\.\/[^"]+)\.ts(", import\.meta\.url\))/g,
    "$1.js$2",
  ).replaceAll(/((?:from |import\()"\.\.?\/[^"]+)\.ts"/g, '$1.js"');
