import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { sourceFiles } from "./code_imports.ts";

/** A module, as `deno info --json` prints it. */
interface Module {
  readonly specifier: string;
  readonly npmPackage?: string;
  readonly dependencies?: readonly {
    readonly isDynamic?: boolean;
    readonly code?: { readonly specifier: string };
  }[];
}

const root = fileURLToPath(new URL("..", import.meta.url));

/** Reads the modules of some programs, by address, as Deno resolves them. */
const readGraph = async (entries: readonly string[]) => {
  const all = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(
      all,
      entries.map((entry) => `import "${addressOf(entry)}";\n`).join(""),
    );
    const info = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--config", join(root, "deno.json"), all],
      cwd: root,
    }).output();
    const { modules, redirects } = JSON.parse(
      new TextDecoder().decode(info.stdout),
    );
    const known = new Map<string, Module>(
      modules.map((module: Module) => [module.specifier, module]),
    );
    return { known, redirects: redirects as Record<string, string> };
  } finally {
    await Deno.remove(all);
  }
};

const addressOf = (entry: string): string =>
  pathToFileURL(join(root, entry)).href;

/** What starts with a program: its own modules, and names of packages. */
const startOf = (
  entry: string,
  { known, redirects }: Awaited<ReturnType<typeof readGraph>>,
) => {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (address: string) => {
    const target = redirects[address] ?? address;
    if (target.startsWith("npm:")) {
      packages.add(/^npm:\/?((@[^/]+\/)?[^@/]+)/.exec(target)![1]!);
    }
    if (!target.startsWith("file:") || files.has(target)) return;
    files.add(target);
    for (const { code, isDynamic } of known.get(target)!.dependencies ?? []) {
      if (code === undefined) continue;
      const isOurs = !/^(npm|node):/.test(code.specifier);
      if (isDynamic && isOurs) {
        throw new Error(
          `Cannot import ${code.specifier} by name when it is needed, as ` +
            `Deno then reads it at every start: use loadModule() in ${target}`,
        );
      }
      if (!isDynamic) visit(code.specifier);
    }
  };
  visit(addressOf(entry));
  return { files: files.size, packages: [...packages].sort() };
};

/** Commands that answer at once. */
const quick = [
  "apps/evaluator/model_info.ts",
  "apps/trainer/status.ts",
  "apps/trainer/storage.ts",
  "apps/trainer/storage_remove.ts",
];

/** What a program needs to read its command line and to print. */
const essential = ["@effect/platform-node", "effect"];

/**
 * Programs, command lines, and what answers at once. The packed program's
 * `main.ts` first asks whether its runtime can load the rest.
 */
const entriesOf = async () => [
  ...(await sourceFiles(root)).filter((file) =>
    /^apps\/[a-z]+\/[a-z_]*(main|_flags)\.ts$/.test(file) &&
    file !== "apps/deepcluster/main.ts"
  ),
  "apps/deepcluster/commands.ts",
  ...quick,
];

Deno.test("programs and command lines start without engines, images and rules", async () => {
  const entries = await entriesOf();
  const graph = await readGraph(entries);
  assert.ok(entries.length > 50);
  for (const entry of entries) {
    const { files, packages } = startOf(entry, graph);
    const more = packages.filter((name) => !essential.includes(name));
    assert.deepEqual(more, [], entry);
    const limit = quick.includes(entry) ? 90 : 80;
    assert.ok(files <= limit, `${entry}: ${files} files`);
  }
});
