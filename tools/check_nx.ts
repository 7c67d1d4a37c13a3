/**
 * Checks that Nx sees the projects and dependencies that the code has:
 * `deno task check:nx`; `deno task fix:nx` writes them to each `project.json`.
 *
 * Nx's own reading of the code passes over type-only imports, whose change can
 * break a type check all the same, so each `project.json` names its
 * dependencies, and this check keeps them true.
 *
 * @module
 */
import { join } from "node:path";
import { type CodeImport, readImports, sourceFiles } from "./code_imports.ts";
import { nx } from "./nx.ts";
import { projectOf, ranks } from "./ranks.ts";
import { report } from "./report.ts";

/** A project as its `project.json` states it, and as Nx reports it. */
export interface NxProject {
  /** Name in Nx's commands; an app that shares a lib's name ends in `-app`. */
  readonly name: string;
  /** The lib's rank, for Nx's own queries. */
  readonly tags: readonly string[];
  /** Names of the projects it imports, in order. */
  readonly implicitDependencies: readonly string[];
}

/**
 * The projects that the code makes up.
 *
 * @param files Source files, relative to the root.
 * @param imports What they import.
 * @returns A project for each folder, by its root, for example `libs/core`.
 */
export const projectsOfCode = (
  files: readonly string[],
  imports: readonly CodeImport[],
): Map<string, NxProject> => {
  const projects = new Map(
    files.map(projectOf).filter((p) => p.root !== "").map((p) => [p.root, p]),
  );
  return new Map(
    [...projects].map(([root, project]) => {
      const used = new Set(
        imports
          .filter((found) => projectOf(found.file).root === root)
          .map((found) => projects.get(projectOf(found.target).root))
          .filter((to) => to !== undefined && to.root !== root)
          .map((to) => nxName(to!.root)),
      );
      const rank = ranks.get(project.name);
      return [root, {
        name: nxName(root),
        tags: project.kind === "lib" ? [`rank:${rank}`] : [],
        implicitDependencies: [...used].sort(),
      }];
    }),
  );
};

const nxName = (root: string): string => {
  const { kind, name } = projectOf(`${root}/mod.ts`);
  return kind === "app" && ranks.has(name) ? `${name}-app` : name;
};

/**
 * Compares Nx's projects with the code's.
 *
 * @param expected Projects of the code, by root.
 * @param actual Projects that Nx reports, by root.
 * @returns One line for each difference.
 */
export const differences = (
  expected: ReadonlyMap<string, NxProject>,
  actual: ReadonlyMap<string, NxProject>,
): string[] =>
  [...new Set([...expected.keys(), ...actual.keys()])].flatMap((root) => {
    const [code, seen] = [expected.get(root), actual.get(root)].map((p) =>
      p === undefined ? "no such project" : JSON.stringify(p)
    );
    return code === seen ? [] : [
      `${root}/project.json: Cannot go on as Nx must see what the code has ` +
      `(deno task fix:nx): Nx sees ${seen}, the code has ${code}`,
    ];
  });

/** The part that matters here of what `nx graph --file` writes. */
interface NxGraph {
  readonly graph: {
    readonly nodes: Readonly<
      Record<string, { data: { root: string; tags?: readonly string[] } }>
    >;
    readonly dependencies: Readonly<
      Record<string, readonly { readonly target: string }[]>
    >;
  };
}

const projectsOfNx = async (): Promise<Map<string, NxProject>> => {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  const code = await nx(["graph", `--file=${file}`], "null");
  if (code !== 0) {
    throw new Error(`Cannot read Nx's graph: it ended with ${code}`);
  }
  const { graph }: NxGraph = JSON.parse(await Deno.readTextFile(file));
  await Deno.remove(file);
  return new Map(
    Object.entries(graph.nodes).map(([name, { data }]) => [data.root, {
      name,
      tags: data.tags ?? [],
      implicitDependencies: (graph.dependencies[name] ?? [])
        .map((dependency) => dependency.target).sort(),
    }]),
  );
};

const writeProject = async (root: string, project: NxProject) => {
  const content = { ...project, targets: { check: {}, test: {} } };
  const path = join(root, "project.json");
  await Deno.writeTextFile(path, JSON.stringify(content, undefined, 2) + "\n");
};

if (import.meta.main) {
  const files = await sourceFiles(Deno.cwd());
  const code = projectsOfCode(files, await readImports(Deno.cwd(), files));
  if (Deno.args.includes("--write")) {
    for (const [root, project] of code) await writeProject(root, project);
    await new Deno.Command(Deno.execPath(), {
      args: ["fmt", "-q", ...[...code.keys()].map((r) => `${r}/project.json`)],
    }).output();
  }
  report("nx", differences(code, await projectsOfNx()));
}
