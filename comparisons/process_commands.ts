/**
 * How each process is started.
 *
 * @module
 */
import { root } from "@deepcluster/benchmarks/measure";
import { join } from "node:path";
import type { ProcessCommand } from "./process.ts";
import type { Baseline } from "./row.ts";

const here = join(root, "comparisons");

/** Where the npm packages of baselines are installed; ignored by Git. */
const installation = join(root, ".cache", "baselines");

/** Our own process. */
export const ourCommand: ProcessCommand = {
  name: "ours",
  command: [Deno.execPath(), "run", "-A", join(here, "ours", "main.ts")],
};

/** Module of `baselines/python` by baseline. */
const pythonModules: Partial<Record<Baseline, string>> = {
  "PyTorch": "torch_networks",
  "faiss": "faiss_clustering",
  "faiss IndexFlatIP": "faiss_search",
  "usearch exact": "usearch_search",
  "scikit-learn": "sklearn_clustering",
  "PyTorch + faiss": "demo_epoch",
};

/**
 * Returns how a baseline is started; npm packages are installed first.
 *
 * @param baseline Its name.
 * @returns See {@link ProcessCommand}.
 */
export const commandOf = async (
  baseline: Baseline,
): Promise<ProcessCommand> => {
  const module = pythonModules[baseline];
  if (module === undefined) {
    await install();
    const program = join(installation, "baseline.mjs");
    const flags = ["run", "-A", program, baseline];
    return { name: baseline, command: [Deno.execPath(), ...flags] };
  }
  // By default Debian's Python, for which apt-get installs packages.
  const python = Deno.env.get("BASELINES_PYTHON") ?? "/usr/bin/python3";
  const script = join(here, "baselines", "python", "baseline.py");
  return { name: baseline, command: [python, script, module] };
};

/** Installs the versions of `baselines/npm/deno.lock`, as `tools/nx.ts` does. */
const install = async (): Promise<void> => {
  await Deno.mkdir(installation, { recursive: true });
  for (const file of ["deno.json", "deno.lock", "baseline.mjs"]) {
    await Deno.copyFile(
      join(here, "baselines", "npm", file),
      join(installation, file),
    );
  }
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--frozen", "--quiet"],
    cwd: installation,
    stdout: "null",
  }).spawn().status;
  if (!success) throw new Error("Cannot install the npm baselines: see above");
};
