/**
 * Checks and measures on a GPU, in one command: `deno task gpu-check`, or
 * `./run.sh` of what `deno task gpu-check:pack` packed.
 *
 * All conformance cases on WebGPU, and on what else is there; then the
 * workloads of the paper beside PyTorch, the most important first. After each
 * item the JSON is written anew, so that a run that is stopped keeps what it
 * has.
 *
 * @module
 */
import { refuse, requireResultsPath } from "@deepcluster/benchmarks/measure";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startBudget } from "./budget.ts";
import { plan } from "./items.ts";
import { torchName } from "./measurement.ts";
import { describeAdapter, describeMachine } from "./machine.ts";
import {
  hasFailed,
  lineOf,
  ratiosOf,
  type Report,
  writeReport,
} from "./report.ts";
import { makeRunner } from "./run_items.ts";
import { type EngineProvider, nameOf } from "./sides.ts";
import { findVulkan } from "./vulkan.ts";

const usage = `Checks and measures the engines on this machine's GPU.

  --out FILE        results. Default: gpu-check.json
  --minutes N       ends after this time; each item has its part of it.
                    Default: 8
  --providers LIST  Default: onnx:webgpu,onnx:cuda,tfjs:cuda; the first one
                    is checked and measured in full, of the others what is
                    there in brief
  --python PATH     a Python with PyTorch. Default: the first one found
  --only TEXT       items with this in their names. Default: all
  --cases TEXT      conformance cases with this in their names. Default: all
  --quick           tiny sizes, which show that the check works, not how fast
                    the GPU is
  --software        a GPU that the processor imitates will do
  --list            prints the names of the items, and ends`;

/** What was typed; an unknown flag ends the command with the usage. */
const typed = () => {
  try {
    return parseArgs({
      options: {
        out: { type: "string", default: "gpu-check.json" },
        minutes: { type: "string", default: "8" },
        providers: {
          type: "string",
          default: "onnx:webgpu,onnx:cuda,tfjs:cuda",
        },
        python: { type: "string" },
        only: { type: "string", default: "" },
        cases: { type: "string" },
        quick: { type: "boolean", default: false },
        software: { type: "boolean", default: false },
        list: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return refuse(`${(error as Error).message}\n\n${usage}`);
  }
};

const flags = typed();
if (flags.help) {
  console.log(usage);
  Deno.exit(0);
}
const minutes = Number(flags.minutes);
if (!(minutes > 0)) {
  refuse(`--minutes must be a number above 0: ${flags.minutes}`);
}
const providers = flags.providers.split(",").map((word): EngineProvider => {
  const [engine = "", provider] = word.split(":");
  return provider === undefined
    ? refuse(`--providers must be like onnx:webgpu,tfjs:cuda: ${word}`)
    : { engine, provider };
});
const planned = plan(flags.quick ? "quick" : "full");
const work = providers.flatMap((on, i) =>
  planned.filter(({ everyProvider }) => i === 0 || everyProvider)
    .filter(({ kind }) => kind.type !== "profile" || on.engine === "onnx")
    .map((item) => ({ item, on }))
).filter(({ item, on }) => `${item.name} (${nameOf(on)})`.includes(flags.only));
if (work.length === 0) refuse(`No item has this in its name: ${flags.only}`);
if (flags.list) {
  for (const { item, on } of work) console.log(`${item.name} (${nameOf(on)})`);
  Deno.exit(0);
}
await requireResultsPath(flags.out);

const budget = startBudget(minutes);
const stopping = new AbortController();
const scratch = await Deno.makeTempDir({ dir: tmpdir(), prefix: "gpu-check-" });
const { env, ...vulkan } = await findVulkan(scratch);
const report: Report = {
  format: 1,
  state: "running",
  startedAt: new Date().toISOString(),
  seconds: 0,
  options: flags,
  machine: await describeMachine(),
  vulkan,
  adapter: await describeAdapter(env),
  sides: {},
  ratios: {},
  items: [],
};

/** Writes what there is; called after each item and before the end. */
const save = async () => {
  report.ratios = ratiosOf(report.items);
  report.seconds = budget.elapsedMs() / 1000;
  await writeReport(flags.out, report);
};

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, async () => {
    report.state = "stopped";
    await save();
    stopping.abort();
    await Deno.remove(scratch, { recursive: true }).catch(() => {});
    console.error(`Stopped; ${flags.out} has what was done`);
    Deno.exit(1);
  });
}

const runner = makeRunner({
  budget,
  software: flags.software,
  env: () => withCuda(env, report.sides[torchName]?.["cudaFolders"]),
  python: flags.python,
  cases: flags.cases,
  signal: stopping.signal,
  onSide: ({ name, ...side }) => {
    report.sides[name] = "missing" in side
      ? { missing: side.missing }
      : side.versions;
  },
});

/** CUDA's libraries of PyTorch and of the pack, where the system has none. */
const withCuda = (
  env: Readonly<Record<string, string>>,
  folders: unknown = [],
): Record<string, string> => {
  const own = env["LD_LIBRARY_PATH"] ?? Deno.env.get("LD_LIBRARY_PATH");
  const packed = fileURLToPath(new URL("../../lib/cuda", import.meta.url));
  const paths = [own, ...folders as string[], packed].filter(Boolean);
  return { ...env, LD_LIBRARY_PATH: paths.join(":") };
};

/** Whether an item's provider can be used; the processor always can. */
const isPossible = ({ item, on }: typeof work[number]): boolean =>
  item.kind.type === "processor" ||
  report.sides[nameOf(on)]?.["missing"] === undefined;

if (providers.some(({ provider }) => provider === "webgpu")) {
  for (const text of vulkan.missing) console.error(`Missing: ${text}`);
}
await save();
await runner.survey(providers);
for (const [name, { missing }] of Object.entries(report.sides)) {
  if (missing !== undefined) console.log(`${name} is missing: ${missing}`);
}
await save();
for (const { item, on } of work.filter(isPossible)) {
  const done = await runner.run(item, on);
  report.items.push(done);
  console.log(lineOf(done));
  await save();
}
await runner.close();
report.state = "done";
await save();
await Deno.remove(scratch, { recursive: true });
console.log(`Wrote ${flags.out} after ${report.seconds.toFixed(0)} s`);
const first = report.sides[nameOf(providers[0]!)];
Deno.exit(
  report.items.some(hasFailed) || first?.["missing"] !== undefined ? 1 : 0,
);
