/**
 * Checks how the code is spread over the projects: `deno task check:sizes`;
 * with `--table` it prints the lines of each.
 *
 * A lib or app that outgrows the others holds several things, and is to be cut.
 *
 * @module
 */
import { join } from "node:path";
import { sourceFiles } from "./code_imports.ts";
import { isTestCode, projectOf, ranks } from "./ranks.ts";
import { report } from "./report.ts";

/** Largest part of all lines, in percent, that one lib or app may hold. */
const maxPercent = 12;

/** The lines of one lib or app, without those of tests. */
export interface ProjectSize {
  /** Its folder, for example `libs/core`. */
  readonly root: string;
  /** Lines of its source files. */
  readonly lines: number;
  /** The same, in percent of all libs and apps. */
  readonly percent: number;
}

/**
 * Counts the lines of all libs and apps of a workspace.
 *
 * @param root Folder that holds the workspace's `deno.json`.
 * @returns Their sizes, the largest first.
 */
export const projectSizes = async (root: string): Promise<ProjectSize[]> => {
  const lines = new Map<string, number>();
  for (const file of await sourceFiles(root)) {
    const project = projectOf(file);
    if (project.kind === "folder" || isTestCode(file)) continue;
    const text = await Deno.readTextFile(join(root, file));
    const own = text.split("\n").length - 1;
    lines.set(project.root, (lines.get(project.root) ?? 0) + own);
  }
  const all = [...lines.values()].reduce((sum, own) => sum + own, 0);
  return [...lines]
    .map(([root, own]) => ({ root, lines: own, percent: 100 * own / all }))
    .sort((a, b) => b.lines - a.lines);
};

/**
 * Checks the sizes, and that every lib has a rank.
 *
 * @param sizes Sizes of all libs and apps.
 * @returns One line for each broken rule.
 */
export const brokenSizes = (sizes: readonly ProjectSize[]): string[] => {
  return [
    ...sizes
      .filter(({ percent }) => percent > maxPercent)
      .map(({ root, lines, percent }) =>
        `${root}: Cannot hold ${
          percent.toFixed(1)
        } % of all lines (${lines}) ` +
        `as a lib or app holds at most ${maxPercent} %: cut it by subject`
      ),
    ...sizes.map(({ root }) => projectOf(`${root}/mod.ts`))
      .filter(({ kind, name }) => kind === "lib" && !ranks.has(name))
      .map(({ root }) =>
        `${root}: Cannot keep a lib without a rank: add it to tools/ranks.ts`
      ),
  ];
};

const table = (sizes: readonly ProjectSize[]): string =>
  sizes.map(({ root, lines, percent }) =>
    `${String(lines).padStart(6)} ${percent.toFixed(1).padStart(5)} %  ${root}`
  ).join("\n");

if (import.meta.main) {
  const sizes = await projectSizes(Deno.cwd());
  if (Deno.args.includes("--table")) console.log(table(sizes));
  report("sizes", brokenSizes(sizes));
}
