/**
 * Checks that the libs are documented: `deno task check:docs`.
 *
 * Every exported symbol and every field of it has a doc comment, every file
 * opens by saying what it is, and no file outgrows its reader.
 *
 * @module
 */
import { join, relative } from "node:path";
import { sourceFiles } from "./code_imports.ts";
import { isTestCode, projectOf } from "./ranks.ts";
import { report } from "./report.ts";

/** A file should have 60 to 250 lines; from here on it must be cut. */
const mostLines = 400;

/**
 * Checks the files of all libs of a workspace.
 *
 * @param root Folder that holds the workspace's `deno.json`.
 * @returns One line for each broken rule.
 */
export const checkDocs = async (root: string): Promise<string[]> => {
  const files = (await sourceFiles(root))
    .filter((file) => projectOf(file).kind === "lib");
  const texts = await Promise.all(files.map(async (file) => ({
    file,
    text: await Deno.readTextFile(join(root, file)),
  })));
  const entries = files.filter((file) => /^libs\/[^/]+\/mod\.ts$/.test(file));
  return [
    ...texts.flatMap(({ file, text }) => brokenHeader(file, text)),
    ...texts.flatMap(({ file, text }) => brokenLength(file, text)),
    ...await undocumented(root, entries),
  ];
};

const brokenHeader = (file: string, text: string): string[] => {
  const header = /^\/\*\*[^]*?\*\//.exec(text)?.[0] ?? "";
  return isTestCode(file) || header.includes("@module") ? [] : [
    `${file}:1: Cannot keep a file without a header: it must open with a ` +
    `doc comment that says what it is and ends with @module`,
  ];
};

const brokenLength = (file: string, text: string): string[] => {
  const lines = text.split("\n").length - 1;
  return lines <= mostLines ? [] : [
    `${file}: Cannot keep a file of more than ${mostLines} lines: ` +
    `it has ${lines}, cut it by subject`,
  ];
};

/** Of what `deno doc --lint` finds, only missing comments matter here. */
const undocumented = async (
  root: string,
  entries: readonly string[],
): Promise<string[]> => {
  if (entries.length === 0) return [];
  const lint = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", ...entries],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const found = new TextDecoder().decode(lint.stderr);
  if (!lint.success && !/^error\[[a-z-]+\]:/m.test(found)) {
    return [`Cannot read the docs of the libs: ${found}`];
  }
  return [
    ...found.matchAll(/^error\[missing-jsdoc\]: (.*)\n\s*--> (.*):\d+$/gm),
  ].map(([, rule, place]) => {
    const [path, line] = (place ?? "").split(":");
    return `${relative(root, path ?? "")}:${line}: ${rule}`;
  });
};

if (import.meta.main) report("docs", await checkDocs(Deno.cwd()));
