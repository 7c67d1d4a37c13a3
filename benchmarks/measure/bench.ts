/**
 * Workloads as mitata benchmarks: prepared and checked before the measurement,
 * released after it, with the reference GEMM measured before and after.
 *
 * @module
 */
import { bench, summary } from "mitata";
import { availableParallelism } from "node:os";
import { bestRate, referenceGemm } from "./reference_gemm.ts";
import {
  type Engine,
  openEngine,
  type OpenWorkload,
  type Workload,
} from "./workload.ts";
import process from "node:process";

/** Options of the command line. */
export const options = parse(process.argv.slice(2));

/** Rate of the reference GEMM beside each benchmark, in operations per second. */
export const referenceRates = new Map<string, number>();

/** Registered workloads, by name. */
export const workloads = new Map<string, Workload>();

/** How {@link benchmark} treats a workload. */
export interface BenchmarkOptions {
  /** Run only if the filter names it: it takes minutes or gigabytes. */
  readonly heavy?: boolean;
  /** Also measure the reference layers in plain TypeScript. */
  readonly reference?: boolean;
}

/**
 * Registers a workload with mitata.
 *
 * @param workload What is measured.
 * @param benchmarkOptions See {@link BenchmarkOptions}.
 */
export const benchmark = (
  workload: Workload,
  { heavy = false, reference = false }: BenchmarkOptions = {},
): void => {
  if (!workload.name.includes(options.filter)) return;
  if (heavy && options.filter === "") return;
  workloads.set(workload.name, workload);
  const register = () => bench(workload.name, withReferenceGemm(workload));
  if (!reference) return void register();
  summary(() => {
    register().baseline();
    bench(`${workload.name} (reference)`, onReferenceLayers(workload));
  });
};

let shared: { engine: Engine; gemm: OpenWorkload } | undefined;

/** Opens the engine with the first benchmark; all others share it. */
const sharedEngine = async () => {
  if (shared !== undefined) return shared;
  const engine = openEngine(options.threads);
  shared = { engine, gemm: await engine.open(referenceGemm) };
  await bestRate(shared.gemm, 5);
  return shared;
};

/**
 * Returns the engine's library with its version.
 *
 * @returns Such as `onnxruntime-node 1.30.0`.
 */
export const engineVersion = async (): Promise<string> =>
  (await (await sharedEngine()).engine.info()).version;

const withReferenceGemm = (workload: Workload) =>
  async function* () {
    const { engine, gemm } = await sharedEngine();
    const { run, close } = await engine.open(workload);
    const before = await bestRate(gemm, 5);
    yield run;
    const after = await bestRate(gemm, 5);
    referenceRates.set(workload.name, Math.max(before, after));
    await close();
  };

const onReferenceLayers = (workload: Workload) =>
  async function* () {
    const engine = openEngine("reference");
    const { run, close } = await engine.open(workload);
    yield run;
    await close();
    await engine.close();
  };

function parse(args: readonly string[]) {
  const words: string[] = [];
  let [out, threads] = ["", availableParallelism()];
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "--out") out = args[++i] ?? "";
    else if (args[i] === "--threads") threads = Number(args[++i]);
    else words.push(args[i]!);
  }
  return { filter: words.join(" "), out, threads };
}
