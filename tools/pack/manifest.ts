/**
 * What a package says of itself: its `package.json` and `README.md`.
 *
 * @module
 */
import type { CompiledFile } from "./compile.ts";
import type { Member, Workspace } from "./workspace.ts";

/** The oldest Node that the packages run under: the first with `node:sqlite`. */
export const minNode = "22.13";

/** The part of a `package.json` that the packages have. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: "MIT";
  readonly type: "module";
  readonly engines: { readonly node: string };
  readonly exports: Readonly<
    Record<string, { readonly types?: string; readonly default: string }>
  >;
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * Writes the `package.json` of a member.
 *
 * @param workspace All that is packed.
 * @param member The member.
 * @param files Its compiled files.
 * @returns What it says; every dependency has one exact version.
 */
export const manifestOf = (
  workspace: Workspace,
  member: Member,
  files: readonly CompiledFile[],
): Manifest => ({
  name: member.name,
  version: workspace.version,
  description: member.description,
  license: "MIT",
  type: "module",
  engines: { node: `>=${minNode}` },
  exports: Object.fromEntries(
    Object.entries(member.exports).map(([subpath, path]) => [subpath, {
      ...member.root.startsWith("libs/") &&
        { types: path.replace(/\.ts$/, ".d.ts") },
      default: path.replace(/\.ts$/, ".js"),
    }]),
  ),
  dependencies: dependenciesOf(workspace, member, files),
});

const dependenciesOf = (
  { version, packages, members }: Workspace,
  { name: own }: Member,
  files: readonly CompiledFile[],
): Record<string, string> => {
  const imported = new Set(
    files.flatMap(({ imports }) => imports.map(packageName)),
  );
  const code = files.filter(({ path }) => path.endsWith(".js"))
    .map(({ text }) => text).join("\n");
  const known = new Map([
    ...packages,
    ...members.map(({ name }) => [name, version] as const),
  ]);
  return Object.fromEntries(
    [...known].sort(([a], [b]) => a < b ? -1 : 1).filter(([name]) =>
      name !== own && (imported.has(name) || readsFilesOf(code, name))
    ),
  );
};

/** The package of an import: `@effect/platform-node` of `…/NodeWorker`. */
const packageName = (specifier: string): string =>
  specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");

/** Whether code names files of a package, or of any one of its scope. */
const readsFilesOf = (code: string, name: string): boolean =>
  ['"', "`"].some((quote) =>
    code.includes(`${quote}${name}/`) ||
    code.includes(`${quote}${name.split("/")[0]}/\${`)
  );

/**
 * Writes the `README.md` of a member.
 *
 * @param member The member.
 * @returns Markdown.
 */
export const readmeOf = (
  { name, description, exports }: Member,
): string =>
  `# ${name}

${description}

Part of DeepCluster for TypeScript. Runs under Node ${minNode} or newer, Bun and
Deno. Exports: ${
    Object.keys(exports).map((subpath) => `\`${name}${subpath.slice(1)}\``)
      .join(", ")
  }.
`;
