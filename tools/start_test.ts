import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

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

/** What starts with a program: its own modules, and names of packages. */
const startOf = async (entry: string) => {
  const info = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: root,
  }).output();
  const { roots, modules, redirects } = JSON.parse(
    new TextDecoder().decode(info.stdout),
  );
  const known = new Map<string, Module>(
    modules.map((module: Module) => [module.specifier, module]),
  );
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
  visit(roots[0]);
  return { files: files.size, packages: [...packages].sort() };
};

/** What a program needs to read its command line and to print. */
const essential = ["@effect/platform-node", "cli-progress", "effect"];

for (
  const entry of [
    "apps/trainer/main.ts",
    "apps/trainer/status.ts",
    "apps/trainer/train.ts",
    "apps/trainer/doctor.ts",
    "apps/trainer/resume.ts",
    "apps/evaluator/main.ts",
    "apps/evaluator/model_main.ts",
    "apps/evaluator/features_main.ts",
    "apps/evaluator/cluster_main.ts",
    "apps/retrieval/main.ts",
    "apps/viewer/report_main.ts",
    "apps/viewer/compare_main.ts",
    "apps/viewer/watch_main.ts",
    "apps/viewer/visualise_main.ts",
    "apps/deepcluster/commands.ts",
  ]
) {
  Deno.test(`${entry} starts without engines, images and rules`, async () => {
    const { files, packages } = await startOf(entry);
    const more = packages.filter((name) => !essential.includes(name));
    assert.deepEqual(more, []);
    assert.ok(files <= 80, `${files} files`);
  });
}
