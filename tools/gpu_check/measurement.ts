/**
 * One workload by several sides, in turns.
 *
 * @module
 */
import { pairedRatio, summarise } from "@deepcluster/benchmarks/measure";
import { gpuMemoryBytes } from "./machine.ts";
import type { RunRequest, Side } from "./side.ts";
import type { Spec } from "./spec.ts";

/** PyTorch's side tells the memory it holds on a GPU itself. */
export const torchName = "PyTorch";

/** A side, and how it runs. */
export interface Contestant {
  /** Name in the results, such as `PyTorch TF32`. */
  readonly name: string;
  readonly side: Side;
  /** What is added to each request to run. */
  readonly how: Omit<RunRequest, "run">;
}

/** What is measured. */
export interface Task {
  readonly spec: Spec;
  /** What is counted, such as images. */
  readonly unit: string;
  /** How many of them one run does. */
  readonly unitsPerRun: number;
  /** Turns of each side. */
  readonly rounds: number;
  /** Largest difference of values, relative to the largest value. */
  readonly tolerance: number;
}

/** What one side did. */
export interface SideResult {
  readonly side: string;
  /** Median of the runs. */
  readonly medianSeconds: number;
  /** Interquartile range of the runs, as a fraction of the median. */
  readonly spread: number;
  readonly minSeconds: number;
  readonly maxSeconds: number;
  readonly runs: number;
  /** Units a second, by the median. */
  readonly perSecond: { readonly value: number; readonly unit: string };
  /** Our time divided by this side's: 2 means that ours is slower. */
  readonly oursTakes?: {
    readonly ratio: number;
    /** Ends of the 95 % bootstrap interval over the rounds. */
    readonly low: number;
    readonly high: number;
  };
  /** Seconds until the first result, compilation included. */
  readonly openSeconds: number;
  /** Memory of the GPU; of the process, where it computes on the processor. */
  readonly memoryBytes?: number;
  /** Bytes that one step or pass sends to the engine and gets back. */
  readonly bytes?: { readonly up: number; readonly down: number };
}

/** What all sides did. */
export interface Measurement {
  /** Names and sizes. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** Ours first. */
  readonly results: readonly SideResult[];
  /** How the values of the sides differ from those of the first. */
  readonly agreement: readonly {
    readonly side: string;
    /** Largest difference, relative to the largest value. */
    readonly difference: number;
    readonly agrees: boolean;
    readonly values: readonly number[];
    readonly ourValues: readonly number[];
  }[];
  /** Sides that could not do it, and why. */
  readonly failures: readonly {
    readonly side: string;
    readonly reason: string;
  }[];
}

/** A turn is to take about this long, so that clocks are up. */
const turnSeconds = 0.6;
const maxRunsPerTurn = 20;

/** A workload that takes longer needs no run that does not count. */
const longSeconds = 2;

/**
 * Measures. Each side is opened, warmed up, and then has its turns: a run that
 * does not count, then some that do.
 *
 * @param task See {@link Task}.
 * @param contestants Ours first; those of one side share what it opened.
 * @param msLeft Milliseconds that are left.
 * @returns What was measured; fewer rounds than asked for where time is short.
 * A side that fails, except the first, is left out and named in `failures`.
 * @throws Error when the first side fails, or there is no time for a round.
 */
export const measure = async (
  task: Task,
  contestants: readonly Contestant[],
  msLeft: () => number,
): Promise<Measurement> => {
  const { spec, rounds, tolerance } = task;
  const { opened, failures } = await openAll(spec, contestants, msLeft);
  const timed = [];
  for (const contestant of contestants) {
    if (!opened.has(contestant.side)) continue;
    timed.push({
      contestant,
      ...await warmUp(contestant, msLeft),
      turnMs: 0,
      turns: [] as number[][],
    });
  }
  for (let round = 0; round < rounds; round++) {
    const needed = timed.reduce((sum, { turnMs }) => sum + turnMs, 0);
    if (round > 0 && needed * 1.2 > msLeft()) break;
    for (const each of round % 2 === 0 ? timed : timed.toReversed()) {
      const { contestant, count, uncounted } = each;
      const started = performance.now();
      const seconds = await runs(contestant, count + uncounted, msLeft);
      each.turns.push(seconds.slice(uncounted));
      each.turnMs = performance.now() - started;
    }
  }
  for (const { side, found } of opened.values()) {
    const { memoryBytes } = await side.request({ memory: true }, msLeft());
    found.memoryBytes ??= memoryBytes!;
  }
  const ours = timed[0]!;
  return {
    spec: summaryOf(spec),
    results: timed.map((each) => ({
      ...resultOf(task, each.contestant.name, each.turns),
      ...each !== ours && { oursTakes: ratioOf(ours.turns, each.turns) },
      ...opened.get(each.contestant.side)!.found,
    })),
    agreement: agreementOf(
      [...opened.values()].map(({ side, values }) => ({
        side: side.name,
        values,
      })),
      tolerance,
    ),
    failures,
  };
};

/** Runs until a run shows how many make a turn. */
const warmUp = async (contestant: Contestant, msLeft: () => number) => {
  const [first] = await runs(contestant, 1, msLeft);
  if (first! > longSeconds) return { count: 1, uncounted: 0 };
  const [, second] = await runs(contestant, 2, msLeft);
  const count = Math.ceil(turnSeconds / second!);
  return { count: Math.max(1, Math.min(maxRunsPerTurn, count)), uncounted: 1 };
};

interface Found {
  readonly openSeconds: number;
  memoryBytes?: number;
  readonly bytes?: { readonly up: number; readonly down: number };
}

const openAll = async (
  spec: Spec,
  contestants: readonly Contestant[],
  msLeft: () => number,
) => {
  const opened = new Map<
    Side,
    { side: Side; values: readonly number[]; found: Found }
  >();
  const failures: { side: string; reason: string }[] = [];
  for (const side of new Set(contestants.map(({ side }) => side))) {
    // Another that hangs leaves half of the time for ours.
    const limitMs = opened.size === 0 ? msLeft() : msLeft() / 2;
    try {
      opened.set(side, await openOne(spec, side, limitMs));
    } catch (error) {
      // Without ours there is nothing to compare with.
      if (opened.size === 0) throw error;
      failures.push({ side: side.name, reason: (error as Error).message });
    }
  }
  return { opened, failures };
};

const openOne = async (spec: Spec, side: Side, limitMs: number) => {
  const before = await gpuMemoryBytes();
  const started = performance.now();
  const { values = [], bytes } = await side.request({ open: spec }, limitMs);
  const openSeconds = (performance.now() - started) / 1000;
  const after = await gpuMemoryBytes();
  // What ONNX Runtime holds on a GPU only the driver knows.
  const onGpu = side.onGpu && side.name !== torchName && before !== undefined;
  const found: Found = {
    openSeconds,
    ...bytes !== undefined && { bytes },
    ...onGpu && { memoryBytes: after! - before },
  };
  return { side, values, found };
};

const runs = async (
  { side, how }: Contestant,
  run: number,
  msLeft: () => number,
): Promise<readonly number[]> =>
  (await side.request({ run, ...how }, msLeft())).seconds!;

const resultOf = (
  { unit, unitsPerRun }: Task,
  side: string,
  turns: readonly (readonly number[])[],
) => {
  const seconds = turns.flat();
  const { median, spread, min, max } = summarise(seconds);
  return {
    side,
    medianSeconds: median,
    spread,
    minSeconds: min,
    maxSeconds: max,
    runs: seconds.length,
    perSecond: { value: unitsPerRun / median, unit: `${unit}/s` },
  };
};

/** Ratio of the medians of turns of the same round. */
const ratioOf = (
  ours: readonly (readonly number[])[],
  theirs: readonly (readonly number[])[],
) => {
  const medians = (turns: readonly (readonly number[])[]) =>
    turns.map((seconds) => summarise(seconds).median);
  return pairedRatio(medians(ours), medians(theirs));
};

/**
 * Compares values of sides with those of the first.
 *
 * @param sides Ours first; values of none are not compared.
 * @param tolerance Largest difference, relative to the largest value.
 * @returns See {@link Measurement.agreement}.
 */
export const agreementOf = (
  [ours, ...theirs]: readonly {
    readonly side: string;
    readonly values: readonly number[];
  }[],
  tolerance: number,
): Measurement["agreement"] => {
  const ourValues = ours?.values ?? [];
  if (ourValues.length === 0) return [];
  const largest = Math.max(...ourValues.map(Math.abs));
  return theirs.map(({ side, values }) => {
    const difference = Math.max(
      ...ourValues.map((value, i) =>
        Math.abs(value - (values[i] ?? NaN)) / largest
      ),
    );
    return {
      side,
      difference,
      agrees: difference <= tolerance,
      values: values.slice(0, 4),
      ourValues: ourValues.slice(0, 4),
    };
  });
};

/** What tells a spec from others: names and sizes, without layers and tensors. */
const summaryOf = (spec: Spec): Measurement["spec"] =>
  Object.fromEntries(
    Object.entries(spec).filter(([, value]) => typeof value !== "object"),
  );
