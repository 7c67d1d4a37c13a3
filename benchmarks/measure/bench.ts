/**
 * Works as benchmarks of mitata: made ready and checked before the clock runs,
 * released after it, with the yardstick measured before and after.
 *
 * @module
 */
import { bench, summary } from "mitata";
import { availableParallelism } from "node:os";
import process from "node:process";
import { type Bench, openBench, type OpenWork, type Work } from "./work.ts";
import { bestRate, yardstick } from "./yardstick.ts";

/** What the command line asked for. */
export const asked = parse(process.argv.slice(2));

/** A rate of the yardstick beside each benchmark, in operations a second. */
export const yardsticks = new Map<string, number>();

/** Works of the benchmarks, by name. */
export const works = new Map<string, Work>();

/** How {@link measured} treats a work. */
export interface MeasuredOptions {
  /** Runs only when a filter names it: it takes minutes or gigabytes. */
  readonly heavy?: boolean;
  /** Measures the plain TypeScript of the reference layers beside it. */
  readonly reference?: boolean;
}

/**
 * Registers a benchmark.
 *
 * @param work What is measured.
 * @param options See {@link MeasuredOptions}.
 */
export const measured = (work: Work, options: MeasuredOptions = {}): void => {
  const { heavy = false, reference = false } = options;
  if (!work.name.includes(asked.filter)) return;
  if (heavy && asked.filter === "") return;
  works.set(work.name, work);
  const one = () => bench(work.name, timed(work));
  if (!reference) return void one();
  summary(() => {
    one().baseline();
    bench(`${work.name} (reference)`, plainly(work));
  });
};

let engine: { bench: Bench; yardstick: OpenWork } | undefined;

/** The engine is opened with the first benchmark and serves all. */
const opened = async () => {
  if (engine !== undefined) return engine;
  const bench = openBench(asked.threads);
  engine = { bench, yardstick: await bench.open(yardstick) };
  await bestRate(engine.yardstick, 5);
  return engine;
};

/**
 * The engine's library with its version.
 *
 * @returns Such as `onnxruntime-node 1.30.0`.
 */
export const engineVersion = async (): Promise<string> =>
  (await (await opened()).bench.info()).version;

const timed = (work: Work) =>
  async function* () {
    const { bench, yardstick } = await opened();
    const { run, close } = await bench.open(work);
    const before = await bestRate(yardstick, 5);
    yield run;
    const after = await bestRate(yardstick, 5);
    yardsticks.set(work.name, Math.max(before, after));
    await close();
  };

const plainly = (work: Work) =>
  async function* () {
    const bench = openBench("reference");
    const { run, close } = await bench.open(work);
    yield run;
    await close();
    await bench.close();
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
