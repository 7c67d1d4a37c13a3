/**
 * The file `timings.jsonl` of a run: the processes that worked on it, what they
 * ran on, and how long each phase took.
 *
 * Times are no results: two runs of the same settings differ in this file, and
 * in `progress.json`, only. Lines are appended while a phase goes on, so that a
 * killed process leaves its times but for the last minute; the times of a phase
 * are those of all its lines together.
 *
 * @module
 */
import {
  type StorageError,
  type Store,
  TableError,
} from "@deepcluster/storage";
import { type } from "arktype";
import { Effect } from "effect";
import { readLines } from "./json_lines.ts";
import { runFiles } from "./run_folder.ts";

/** A process that worked on a run, and what it ran on. */
export interface ProcessRecord {
  /** When it began, in ISO 8601. */
  readonly startedAt: string;
  /** Version of this program. */
  readonly version: string;
  /** Such as `Deno 2.9.6 on linux x64`. */
  readonly runtime: string;
  /** Such as `onnxruntime-node 1.30.0, cpu, 2 threads`. */
  readonly engine: string;
  /** Name of the processor. */
  readonly processor: string;
  /** Its cores. */
  readonly cores: number;
  /** Memory of the machine. */
  readonly memoryBytes: number;
}

/** Phases of a run whose time is noted, in their order. */
export const timedPhases = [
  "survey",
  "extract",
  "reduce",
  "cluster",
  "train",
] as const;

/** Time of one phase, over all processes that worked on it. */
export interface PhaseTime {
  /** As progress names it. */
  readonly phase: (typeof timedPhases)[number];
  /** Time that it took, with the compiling, loading and saving around it. */
  readonly seconds: number;
  /**
   * Images that went through it, again after a kill where that had to be;
   * 0 where none are counted.
   */
  readonly images: number;
}

/** What `timings.jsonl` tells. */
export interface RunTimings {
  /** The first one first. */
  readonly processes: readonly ProcessRecord[];
  /**
   * Phases by epoch, from 1; those of epoch 0 come before the first, such as
   * the survey of the images.
   */
  readonly phases: ReadonlyMap<number, readonly PhaseTime[]>;
}

/** A line of the file. */
export type TimingLine =
  | ({ readonly event: "started" } & ProcessRecord)
  | ({ readonly event: "timed"; readonly epoch: number } & PhaseTime);

const Line = type({
  event: "'started'",
  startedAt: "string.date.iso",
  version: "string",
  runtime: "string",
  engine: "string",
  processor: "string",
  cores: "number.integer >= 1",
  memoryBytes: "number >= 0",
}).or({
  event: "'timed'",
  epoch: "number.integer >= 0",
  phase: type.enumerated(...timedPhases),
  seconds: "number >= 0",
  images: "number.integer >= 0",
});

/**
 * Reads the times of a run, which another process may be writing.
 *
 * @param store The run's store.
 * @returns What the file tells, nothing for runs of versions that did not
 * write it. A last line that is cut off is left out: its writer was
 * killed or is still writing. `TableError` when another line is damaged, or
 * `StorageError`.
 */
export const readTimings: (
  store: Store,
) => Effect.Effect<RunTimings, StorageError | TableError> = Effect.fn(
  "readTimings",
)(function* (store) {
  const processes: ProcessRecord[] = [];
  const phases = new Map<number, PhaseTime[]>();
  const lines = yield* readLines(store, runFiles.timings, { cutLast: true });
  for (const [i, value] of lines.entries()) {
    const line = Line(value);
    if (line instanceof type.errors) {
      return yield* new TableError({
        path: store.pathOf(runFiles.timings),
        line: i + 1,
        rule: "it must be a line of times as `train` writes it",
        found: line.summary,
      });
    }
    if (line.event === "started") {
      const { event: _, ...record } = line;
      processes.push(record);
    } else {
      const { epoch, phase, seconds, images } = line;
      phases.set(epoch, added(phases.get(epoch), { phase, seconds, images }));
    }
  }
  return { processes, phases };
});

/** Adds a time to those of its phase, which stay in the order of the phases. */
const added = (
  times: readonly PhaseTime[] = [],
  { phase, seconds, images }: PhaseTime,
): PhaseTime[] => {
  const before = times.find((time) => time.phase === phase);
  const together = {
    phase,
    seconds: (before?.seconds ?? 0) + seconds,
    images: (before?.images ?? 0) + images,
  };
  return [...times.filter((time) => time !== before), together].sort(
    (a, b) => timedPhases.indexOf(a.phase) - timedPhases.indexOf(b.phase),
  );
};
