/**
 * How each process is started.
 *
 * @module
 */
import { root } from "@deepcluster/benchmarks/measure";
import { join } from "node:path";
import type { Conditions } from "./environment.ts";
import type { ProcessCommand } from "./process.ts";
import type { Baseline } from "./row.ts";
import { avx2Library } from "./avx2_library.ts";

const here = join(root, "comparisons");

/** Where the packages of baselines are installed; ignored by Git. */
const installations = join(root, ".cache", "baselines");

/**
 * Returns how our own process is started.
 *
 * @param conditions Without AVX-512, a copy of ONNX Runtime is written first.
 * @returns See {@link ProcessCommand}.
 */
export const ourCommand = async (
  { isa = "native" }: Conditions,
): Promise<ProcessCommand> => ({
  name: "ours",
  command: [Deno.execPath(), "run", "-A", join(here, "ours", "main.ts")],
  ...isa === "avx2" && {
    env: { LD_LIBRARY_PATH: await avx2Library() },
  },
});

/** Module of `baselines/python` by baseline, and its options. */
const pythonModules: Partial<Record<Baseline, readonly string[]>> = {
  "PyTorch": ["torch_networks"],
  "PyTorch channels_last": ["torch_networks", "channels_last"],
  "PyTorch compiled": ["torch_networks", "compiled"],
  "PyTorch compiled channels_last": [
    "torch_networks",
    "compiled",
    "channels_last",
  ],
  "faiss": ["faiss_clustering"],
  "faiss IndexFlatIP": ["faiss_search"],
  "usearch exact": ["usearch_search"],
  "scikit-learn": ["sklearn_clustering"],
  "PyTorch + faiss": ["demo_epoch"],
  "PyTorch + faiss channels_last": ["demo_epoch", "channels_last"],
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
    const program = join(npmInstallation, "baseline.mjs");
    const flags = ["run", "-A", program, baseline];
    return { name: baseline, command: [Deno.execPath(), ...flags] };
  }
  const script = join(here, "baselines", "python", "baseline.py");
  return { name: baseline, command: [await python(), script, ...module] };
};

/** The environment of the README, or Debian's Python and its packages. */
const python = async (): Promise<string> => {
  const chosen = Deno.env.get("BASELINES_PYTHON");
  if (chosen !== undefined) return chosen;
  const installed = join(installations, "python", "bin", "python");
  const exists = await Deno.stat(installed).then(() => true, () => false);
  return exists ? installed : "/usr/bin/python3";
};

const npmInstallation = join(installations, "npm");

/** Installs the versions of `baselines/npm/deno.lock`, as `tools/nx.ts` does. */
const install = async (): Promise<void> => {
  await Deno.mkdir(npmInstallation, { recursive: true });
  for (const file of ["deno.json", "deno.lock", "baseline.mjs"]) {
    await Deno.copyFile(
      join(here, "baselines", "npm", file),
      join(npmInstallation, file),
    );
  }
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--frozen", "--quiet"],
    cwd: npmInstallation,
    stdout: "null",
  }).spawn().status;
  if (!success) throw new Error("Cannot install the npm baselines: see above");
};
