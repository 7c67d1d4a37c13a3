/**
 * Times the phases of a run and measures their memory from outside, so that
 * the steps need not know of it.
 *
 * @module
 */
import type { Progress, ProgressEvent } from "@deepcluster/core";
import { Clock, Effect } from "effect";
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";

/** Parts of a run that are measured one by one. */
export const phases = [
  "survey",
  "extract",
  "reduce",
  "cluster",
  "train",
] as const;

/** One of {@link phases}. */
export type Phase = (typeof phases)[number];

/** Time and memory of a phase. */
export interface PhaseCost {
  /** Largest resident memory of the process meanwhile. */
  readonly peakBytes: number;
  /** From beginning to end. */
  readonly ms: number;
  /** Units that were reported, such as images; 0 where none are. */
  readonly units: number;
  /** One unit, without the first, which takes longer; 0 where none are. */
  readonly unitMs: number;
}

/** A timer that is running. */
export interface PhaseTimer {
  /** Notes what steps report, then passes it on. */
  readonly observe: (progress: Progress["Service"]) => Progress["Service"];
  /** Begins a phase anew: nothing since the end of the last one counts. */
  readonly restart: Effect.Effect<void>;
  /** Ends a phase. */
  readonly end: (phase: Phase) => Effect.Effect<void>;
  /** Every phase: its latest times, its largest peak. */
  readonly costs: () => Readonly<Record<Phase, PhaseCost>>;
}

/**
 * Starts a timer.
 *
 * @param reported Phase whose end is its last unit reported, for another one
 * follows in the same step.
 * @returns The timer.
 */
export const startPhaseTimer: (
  reported: Phase,
) => Effect.Effect<PhaseTimer> = Effect.fnUntraced(function* (reported) {
  const nothing: PhaseCost = { peakBytes: 0, ms: 0, units: 0, unitMs: 0 };
  const costs = Object.fromEntries(phases.map((phase) => [phase, nothing]));
  let begunMs = yield* Clock.currentTimeMillis;
  let events: { readonly done: number; readonly atMs: number }[] = [];
  const restart = Effect.gen(function* () {
    begunMs = yield* Clock.currentTimeMillis;
    events = [];
    yield* takePeak;
  });
  const end = Effect.fnUntraced(function* (phase: Phase) {
    const ms = (yield* Clock.currentTimeMillis) - begunMs;
    const before = costs[phase]!.peakBytes;
    const peakBytes = Math.max(before, yield* takePeak);
    costs[phase] = { ...pace(events), ms, peakBytes };
    yield* restart;
  });
  const note = Effect.fnUntraced(function* (event: ProgressEvent) {
    const { done, total, phase } = event;
    events.push({ done, atMs: yield* Clock.currentTimeMillis });
    if (phase === reported && done === total) yield* end(reported);
  });
  yield* restart;
  return {
    observe: ({ report }) => ({
      report: (event) => Effect.andThen(note(event), report(event)),
    }),
    restart,
    end,
    costs: () => costs as Record<Phase, PhaseCost>,
  };
});

/**
 * How many units were done, and the time of one.
 *
 * @param events Units done and when that was told, in order, beginning with
 * none of them.
 * @returns Units, and milliseconds a unit without the first.
 */
export const pace = (
  events: readonly { readonly done: number; readonly atMs: number }[],
): Pick<PhaseCost, "units" | "unitMs"> => {
  const first = events[0];
  const last = events.at(-1);
  if (first === undefined || last === undefined) return { units: 0, unitMs: 0 };
  const units = last.done - first.done;
  const warm = events.find(({ done }) => done > first.done && done < last.done);
  const from = warm ?? first;
  return {
    units,
    unitMs: units === 0 ? 0 : (last.atMs - from.atMs) / (last.done - from.done),
  };
};

/**
 * Largest resident memory of this process since the last call, in bytes.
 * Where the system keeps it only since the start of the process, that.
 */
export const takePeak: Effect.Effect<number> = Effect.promise(async () => {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1];
  // Linux forgets the peak when it reads a 5: see proc_pid_clear_refs(5).
  await writeFile("/proc/self/clear_refs", "5").catch(() => {});
  return 1024 * Number(kibibytes ?? process.resourceUsage().maxRSS);
});
