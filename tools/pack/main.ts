/**
 * Writes the npm packages: `deno task pack [FOLDER]`.
 *
 * A tarball for each lib, and one for the program `deepcluster`, which holds
 * the apps and libs, so that it installs by itself.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { assetsOf, sourceFiles, threadsOf } from "../code_imports.ts";
import { isTestCode, projectOf } from "../ranks.ts";
import { compile, type CompiledFile } from "./compile.ts";
import { type Manifest, manifestOf, readmeOf } from "./manifest.ts";
import {
  type Member,
  moduleNames,
  readWorkspace,
  releaseNote,
  type Workspace,
} from "./workspace.ts";

/** A member as a package, before it is a tarball. */
interface Package {
  readonly member: Member;
  readonly manifest: Manifest;
  /** Content by path inside the package. */
  readonly files: ReadonlyMap<string, string>;
}

/** Name of the package that has the program of the same name. */
const programName = "deepcluster";

/**
 * Writes the packages of a workspace.
 *
 * @param root Folder that holds the workspace's `deno.json`.
 * @param out Folder for the tarballs; made when it does not exist.
 * @returns Paths of the tarballs, the program's last.
 */
export const pack = async (root: string, out: string): Promise<string[]> => {
  const packages = await packagesOf(root, await readWorkspace(root));
  const staging = await Deno.makeTempDir();
  try {
    const libs = packages.filter(({ member }) =>
      member.root.startsWith("libs/")
    );
    for (const lib of libs) {
      await writePackage(join(staging, lib.member.root), lib);
    }
    await writeProgram(join(staging, programName), packages);
    const folders = [...libs.map(({ member }) => member.root), programName];
    return await writeTarballs(staging, folders, out);
  } finally {
    await Deno.remove(staging, { recursive: true });
  }
};

const packagesOf = async (
  root: string,
  workspace: Workspace,
): Promise<Package[]> => {
  const { members } = workspace;
  const names = moduleNames(members);
  const compiled = compile(root, await entriesOf(root, names), names);
  const assets = await readAssets(root);
  const shared = new Map([
    ["LICENSE", await Deno.readTextFile(join(root, "LICENSE"))],
    [
      "CHANGELOG.md",
      releaseNote(await Deno.readTextFile(join(root, "CHANGELOG.md"))),
    ],
  ]);
  return members.map((member) => {
    const own = compiled.filter(({ path }) =>
      path.startsWith(`${member.root}/`)
    );
    return {
      member,
      manifest: manifestOf(workspace, member, own),
      files: new Map([
        ...shared,
        ["README.md", readmeOf(member)],
        ...own.map((file) =>
          [
            file.path.slice(member.root.length + 1),
            textOf(member, file),
          ] as const
        ),
        ...assets.filter(({ path }) => path.startsWith(`${member.root}/`))
          .map(({ path, text }) =>
            [path.slice(member.root.length + 1), text] as const
          ),
      ]),
    };
  });
};

/** Exported modules, and those that run as threads or processes. */
const entriesOf = async (
  root: string,
  names: ReadonlyMap<string, string>,
): Promise<string[]> => {
  const files = await packedFiles(root);
  const started = await Promise.all(files.map((file) => threadsOf(root, file)));
  return [...names.values(), ...started.flat()];
};

/** Style sheets and drawings, which are packed as they are. */
const readAssets = async (root: string) => {
  const files = await packedFiles(root);
  const paths = await Promise.all(files.map((file) => assetsOf(root, file)));
  return await Promise.all(
    paths.flat().map(async (path) => ({
      path,
      text: await Deno.readTextFile(join(root, path)),
    })),
  );
};

const packedFiles = async (root: string): Promise<string[]> =>
  (await sourceFiles(root)).filter((file) =>
    projectOf(file).kind !== "folder" && !isTestCode(file)
  );

/** Installed, the commands are called by the program's name. */
const textOf = (member: Member, { path, text }: CompiledFile): string =>
  member.root.startsWith("apps/") && path.endsWith(".js")
    ? text.replaceAll("deno task", programName)
    : text;

const writePackage = async (
  folder: string,
  { manifest, files }: Package,
  more: Readonly<Record<string, unknown>> = {},
) => {
  const all = new Map([
    ...files,
    ["package.json", JSON.stringify({ ...manifest, ...more }, null, 2) + "\n"],
  ]);
  for (const [path, text] of all) {
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.writeTextFile(join(folder, path), text);
  }
};

/** The program brings the other packages along, so that it is one file. */
const writeProgram = async (folder: string, packages: readonly Package[]) => {
  const program = packages.find(({ member }) => member.name === programName)!;
  const bundled = packages.filter((each) => each !== program);
  for (const each of bundled) {
    await writePackage(join(folder, "node_modules", each.member.name), each);
  }
  const dependencies = Object.fromEntries(
    [program, ...bundled].flatMap(({ manifest }) =>
      Object.entries(manifest.dependencies)
    ).sort(([a], [b]) => a < b ? -1 : 1),
  );
  const main = `#!/usr/bin/env node\n${program.files.get("main.js")}`;
  await writePackage(
    folder,
    { ...program, files: new Map([...program.files, ["main.js", main]]) },
    {
      bin: { [programName]: "main.js" },
      dependencies,
      bundleDependencies: bundled.map(({ member }) => member.name).sort(),
    },
  );
};

const writeTarballs = async (
  staging: string,
  folders: readonly string[],
  out: string,
): Promise<string[]> => {
  await Deno.mkdir(out, { recursive: true });
  const { success, stdout, stderr } = await new Deno.Command("npm", {
    args: [
      "pack",
      "--json",
      "--ignore-scripts",
      `--pack-destination=${resolve(out)}`,
      ...folders.map((folder) => `./${folder}`),
    ],
    cwd: staging,
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`npm pack failed: ${decoder.decode(stderr)}`);
  const packed: readonly { filename: string }[] = JSON.parse(
    decoder.decode(stdout),
  );
  return packed.map(({ filename }) => join(out, filename));
};

if (import.meta.main) {
  const out = Deno.args[0] ?? "dist";
  for (const path of await pack(Deno.cwd(), out)) console.log(path);
}
