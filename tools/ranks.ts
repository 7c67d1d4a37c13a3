/**
 * How the workspace is cut: the rank of every lib, and to which project a file
 * belongs. This table is the only one; `ARCHITECTURE.md` explains it.
 *
 * @module
 */

/** A lib imports libs of lower ranks only; equals never import each other. */
export const ranks: ReadonlyMap<string, number> = new Map([
  ["core", 0],
  ["graph", 1],
  ["onnx-format", 1],
  ["storage", 1],
  ["metrics", 1],
  ["terminal", 1],
  ["charts", 2],
  ["data", 2],
  ["onnx-lowering", 2],
  ["gpu-backend", 3],
  ["models", 4],
  ["datasets", 4],
  ["neighbours", 4],
  ["features", 5],
  ["clustering", 5],
  ["model-io", 5],
  ["manifold", 5],
  ["runs", 6],
  ["training", 7],
  ["evaluation", 8],
  ["pages", 8],
  ["voc", 9],
  ["retrieval", 9],
  ["visualisation", 9],
  ["page-server", 9],
  ["instance-retrieval", 10],
  ["report", 10],
]);

/** A lib, an app, or a folder such as `examples` that uses public exports. */
export interface Project {
  /** What it may import, and who may import it, follows from this. */
  readonly kind: "lib" | "app" | "folder";
  /** Name of its folder, for example `core`. */
  readonly name: string;
  /** Folder, relative to the root of the workspace, for example `libs/core`. */
  readonly root: string;
}

/**
 * The project that holds a file.
 *
 * @param path Path of the file, relative to the root of the workspace.
 * @returns The project; its `root` is empty for files of the root itself.
 */
export const projectOf = (path: string): Project => {
  const [top = "", name = ""] = path.split("/").slice(0, -1);
  if (top === "libs") return { kind: "lib", name, root: `libs/${name}` };
  if (top === "apps") return { kind: "app", name, root: `apps/${name}` };
  return { kind: "folder", name: top, root: top };
};

/**
 * Whether a file serves tests only: `*_test.ts`, what tests share
 * (`*_testing.ts`, `testing.ts`, `*_fixture.ts`) and all under `fixtures/`.
 *
 * @param path Path of the file.
 * @returns `true` for such a file.
 */
export const isTestCode = (path: string): boolean =>
  /[_/](test|testing|fixture)\.ts$|\/fixtures\//.test(path);

/**
 * Whether a file runs in a browser: the ES modules under `browser/`.
 *
 * @param path Path of the file.
 * @returns `true` for such a file.
 */
export const isBrowserCode = (path: string): boolean =>
  /\/browser\/[^/]+\.js$/.test(path);
