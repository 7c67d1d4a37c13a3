/**
 * Runs one row: our process and the baselines' in turn.
 *
 * @module
 */
import { summarise, type Summary } from "@deepcluster/benchmarks/measure";
import type { Conditions } from "./environment.ts";
import {
  type MissingBaseline,
  startProcess,
  type WorkerProcess,
} from "./process.ts";
import { commandOf, ourCommand } from "./process_commands.ts";
import { disagreement, type Row } from "./row.ts";
import { sharedFilesIn } from "./shared_files.ts";
import type { Spec } from "./specs.ts";

/** What was measured of one process. */
export interface Measurement {
  /** Name in the tables: `ours` or a baseline's. */
  readonly name: string;
  /** Versions of its libraries, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Which kernels its libraries chose, by library. */
  readonly kernels: Readonly<Record<string, string>>;
  /** Seconds of each timed run. */
  readonly seconds: readonly number[];
  /** Summary of the seconds. */
  readonly summary: Summary;
  /** Peak resident memory, in bytes. */
  readonly peakBytes: number;
  /** Values of the check and of the last run. */
  readonly values: readonly number[];
  /** See `disagreement`; 0 for our own process. */
  readonly disagreement: number;
}

/** The measurements of one row. */
export interface RowResult {
  /** Name of the row. */
  readonly row: string;
  /** Ours first. */
  readonly results: readonly Measurement[];
  /** Baselines that are not installed. */
  readonly missing: readonly MissingBaseline[];
}

/** Pause before each run, in which idle threads of other processes fall asleep. */
const pauseMs = 200;

/**
 * Runs a row.
 *
 * @param row What to run.
 * @param conditions Conditions of all processes.
 * @param repeats Timed runs of each process. Default: the row's.
 * @returns See {@link RowResult}. Throws if a process fails.
 */
export const compareRow = async (
  row: Row,
  conditions: Conditions,
  repeats: number = row.repeats,
): Promise<RowResult> => {
  const folder = await Deno.makeTempDir({ prefix: "comparison-" });
  try {
    const spec = await row.prepare(sharedFilesIn(folder));
    const processes: WorkerProcess[] = [];
    const missing: MissingBaseline[] = [];
    const commands = [await ourCommand(conditions)];
    for (const baseline of row.baselines) {
      commands.push(await commandOf(baseline));
    }
    for (const command of commands) {
      const started = await startProcess(command, conditions);
      if (!("missing" in started)) processes.push(started);
      else if (processes.length > 0) missing.push(started);
      else throw new Error(`Cannot measure our code as ${started.missing}`);
    }
    const results = await measureInTurn(row, processes, spec, repeats);
    return { row: row.name, results, missing };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
};

const measureInTurn = async (
  row: Row,
  processes: readonly WorkerProcess[],
  spec: Spec,
  repeats: number,
): Promise<Measurement[]> => {
  const runs = [];
  for (const process of processes) {
    runs.push({
      process,
      checked: await process.open(spec),
      seconds: [] as number[],
      values: [] as readonly number[],
    });
    if (row.warmUp) await process.run();
  }
  for (let round = 0; round < repeats; round++) {
    const order = round % 2 === 0 ? runs : runs.toReversed();
    for (const each of order) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      const { seconds, values } = await each.process.run();
      each.seconds.push(seconds);
      each.values = [...each.checked, ...values];
    }
  }
  const results: Measurement[] = [];
  for (const { process, seconds, values } of runs) {
    results.push({
      name: process.name,
      versions: process.versions,
      kernels: process.kernels,
      seconds,
      summary: summarise(seconds),
      peakBytes: await process.peakBytes(),
      values,
      disagreement: disagreement(runs[0]!.values, values, row),
    });
    await process.close();
  }
  return results;
};
