/**
 * How each side is started.
 *
 * @module
 */
import { join } from "node:path";
import { root } from "../measure/machine.ts";
import type { Peer } from "./row.ts";
import type { Start } from "./side.ts";

const here = join(root, "benchmarks", "peers");

/** Packages of npm that only these peers need; Git does not see them. */
const installation = join(root, ".cache", "peers");

/** Our side. */
export const ourStart: Start = {
  name: "ours",
  command: [Deno.execPath(), "run", "-A", join(here, "ours.ts")],
};

/** Module of `python/` by peer. */
const python: Partial<Record<Peer, string>> = {
  "PyTorch": "torch_networks",
  "faiss": "faiss_clustering",
  "scikit-learn": "sklearn_clustering",
  "PyTorch + faiss": "demo_epoch",
};

/**
 * How a peer is started; packages of npm are fetched when first asked for.
 *
 * @param peer Which.
 * @returns See {@link Start}.
 */
export const startOf = async (peer: Peer): Promise<Start> => {
  const module = python[peer];
  if (module === undefined) {
    await install();
    const program = join(installation, "peer.mjs");
    const flags = ["run", "-A", program, peer];
    return { name: peer, command: [Deno.execPath(), ...flags] };
  }
  // Debian's Python: the one whose packages apt-get installs.
  const script = join(here, "python", "peer.py");
  return { name: peer, command: ["/usr/bin/python3", script, module] };
};

/** In the versions of `npm/deno.lock`, as `tools/nx.ts` does it. */
const install = async (): Promise<void> => {
  await Deno.mkdir(installation, { recursive: true });
  for (const file of ["deno.json", "deno.lock", "peer.mjs"]) {
    await Deno.copyFile(join(here, "npm", file), join(installation, file));
  }
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--frozen", "--quiet"],
    cwd: installation,
    stdout: "null",
  }).spawn().status;
  if (!success) throw new Error("Cannot install the peers of npm: see above");
};
