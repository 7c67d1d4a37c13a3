/**
 * Checks in the code itself who imports whom: `deno task check:imports`.
 *
 * A lib imports only libs of a lower rank; an app any lib, never another app,
 * except the one that joins their commands; examples, benchmarks, comparisons,
 * tools and the test support use public exports, and nothing imports them,
 * except that comparisons and tools use what benchmarks export. An engine's package is
 * imported in one folder only. No files import each other in a circle.
 *
 * @module
 */
import { join } from "node:path";
import { circlesOf } from "./circles.ts";
import {
  type CodeImport,
  readImports,
  sourceFiles,
  threadsOf,
} from "./code_imports.ts";
import { isTestCode, type Project, projectOf, ranks } from "./ranks.ts";
import { report } from "./report.ts";

/**
 * Checks every import of a workspace.
 *
 * @param root Folder that holds the workspace's `deno.json`.
 * @returns One line for each broken rule, with file, import and rule.
 */
export const checkImports = async (root: string): Promise<string[]> => {
  const files = await sourceFiles(root);
  const imports = await readImports(root, files);
  const broken = imports.flatMap((found) => {
    const rule = brokenRule(found);
    if (rule === undefined) return [];
    return `${found.file}:${found.line}: Cannot import ` +
      `"${found.specifier}" as ${rule}`;
  });
  return [
    ...broken,
    ...brokenCircles(imports),
    ...await unreachableFiles(root, files, imports),
  ];
};

/** Packages that only one folder imports, so that an engine can be exchanged. */
const engines: readonly (readonly [RegExp, string])[] = [
  [/^onnxruntime-node(\/|$)/, "libs/gpu-backend/onnx/"],
  [/^@tensorflow\//, "libs/gpu-backend/tfjs/"],
];

/**
 * The rule that one import breaks.
 *
 * @param found The import.
 * @returns The rule, or `undefined` when the import is allowed.
 */
export const brokenRule = (found: CodeImport): string | undefined => {
  if (/^(npm|jsr|https?):/.test(found.specifier)) {
    return "packages are declared once, in the root deno.json";
  }
  const engine = engines.find(([name]) => name.test(found.specifier));
  if (engine !== undefined && !found.file.startsWith(engine[1])) {
    return `only ${engine[1]} imports this engine`;
  }
  if (found.error !== "") return unresolved(found.error);
  if (/^[a-z]+:/.test(found.target)) return undefined;
  return brokenDirection(found);
};

const unresolved = (error: string): string => {
  if (error.startsWith("Module not found")) return "the file must exist";
  if (error.includes("not a dependency")) {
    return "the root deno.json must declare it";
  }
  return `it must resolve: ${error.split("\n")[0]}`;
};

/** The app that joins the commands of the others. */
const joiningApp = "apps/deepcluster";

/** Folders that measure, too. */
const usesBenchmarks: ReadonlySet<string> = new Set(["comparisons", "tools"]);

const brokenDirection = (found: CodeImport): string | undefined => {
  const from = projectOf(found.file);
  const to = projectOf(found.target);
  const byName = found.specifier.startsWith("@deepcluster/");
  if (from.root === to.root) {
    return byName && !isTestCode(found.file)
      ? "a project imports its own files by path"
      : undefined;
  }
  if (!byName) return `other projects are imported by name, not by path`;
  if (to.kind === "app") {
    return from.root === joiningApp ? undefined : "nothing imports an app";
  }
  if (to.kind === "lib") {
    return from.kind === "lib" ? brokenRank(from, to) : undefined;
  }
  if (to.name === "test" && isTestCode(found.file)) return undefined;
  if (to.name === "benchmarks" && usesBenchmarks.has(from.name)) {
    return undefined;
  }
  return `only tests import test, only comparisons and tools import ` +
    `benchmarks, and nothing imports ${to.root || "the root"}`;
};

const brokenRank = (from: Project, to: Project): string | undefined => {
  const [lower, upper] = [ranks.get(to.name), ranks.get(from.name)];
  if (lower !== undefined && upper !== undefined && lower < upper) return;
  return `a lib imports only libs of a lower rank in tools/ranks.ts: ` +
    `current ranks are ${from.name}=${upper}, ${to.name}=${lower}`;
};

const brokenCircles = (imports: readonly CodeImport[]): string[] =>
  circlesOf(imports).map((circle) => circle.join(" → "))
    .map((circle) =>
      `Cannot keep a circle of imports, types included: ${circle} → ` +
      `${circle.split(" → ")[0]}: move what both need to a file below both`
    );

/** Files of libs that no export leads to: dead, or forgotten in `mod.ts`. */
const unreachableFiles = async (
  root: string,
  files: readonly string[],
  imports: readonly CodeImport[],
): Promise<string[]> => {
  const targets = Map.groupBy(imports, (found) => found.file);
  const reached = new Set(await libEntries(root, files));
  for (const file of reached) {
    for (const found of targets.get(file) ?? []) reached.add(found.target);
    for (const thread of await threadsOf(root, file)) reached.add(thread);
  }
  return files
    .filter((file) => projectOf(file).kind === "lib")
    .filter((file) => !reached.has(file) && !isTestCode(file))
    .map((file) =>
      `${file}: Cannot keep a file that no export of its lib leads to: ` +
      `re-export it in mod.ts, or name it *_testing.ts if only tests use it`
    );
};

const libEntries = async (
  root: string,
  files: readonly string[],
): Promise<string[]> => {
  const roots = new Set(
    files.map((file) => projectOf(file)).flatMap((p) =>
      p.kind === "lib" ? [p.root] : []
    ),
  );
  const entries = await Promise.all([...roots].map(async (lib) => {
    const config = await Deno.readTextFile(join(root, lib, "deno.json"));
    const exports: Record<string, string> = JSON.parse(config).exports;
    return Object.values(exports).map((path) => join(lib, path));
  }));
  return entries.flat();
};

if (import.meta.main) report("imports", await checkImports(Deno.cwd()));
