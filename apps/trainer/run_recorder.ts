/**
 * What a process notes in its run folder for others to read: `progress.json`,
 * how far it is, and `timings.jsonl`, what it runs on and how long it took.
 *
 * Both are notes, no results: what keeps them from being written is said once
 * and never fails the run.
 *
 * @module
 */
import type { Progress, ProgressEvent } from "@deepcluster/core";
import { Backend } from "@deepcluster/gpu-backend";
import {
  type PhaseTime,
  type ProcessRecord,
  runFiles,
  type RunProgress,
  timedPhases,
  type TimingLine,
} from "@deepcluster/runs";
import { attempt } from "@deepcluster/storage";
import { version } from "@deepcluster/terminal";
import { Clock, Effect, Fiber } from "effect";
import { open, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { machine } from "./doctor_machine.ts";

/** How often at most, in milliseconds. */
const progressEveryMs = 1000;
/** How much of a phase's time a kill can lose, in milliseconds. */
const timingEveryMs = 60_000;

/** Notes what goes on. */
export interface RunRecorder {
  /** Notes what steps report, then passes it on. */
  readonly observe: (progress: Progress["Service"]) => Progress["Service"];
  /** Ends the phase under way: what follows is the next one's time. */
  readonly mark: Effect.Effect<void>;
}

/** A phase under way. */
interface Current {
  /** Its first event in this process, and its newest one. */
  readonly first: ProgressEvent;
  newest: ProgressEvent;
  readonly startMs: number;
  /** What of it is in `timings.jsonl` already: until when, how many units. */
  notedMs: number;
  notedDone: number;
}

/**
 * Notes the process that begins to work on a run, with its first phase: one
 * that finds nothing to do leaves no note.
 *
 * @param folder The run folder, whose lock the caller holds.
 * @returns The recorder.
 */
export const startRecorder = Effect.fnUntraced(function* (folder: string) {
  const timings = join(folder, runFiles.timings);
  const progressFile = join(folder, runFiles.progress);
  let markMs = yield* Clock.currentTimeMillis;
  let progressMs = -Infinity;
  let current: Current | undefined;
  let writing: Fiber.Fiber<void> | undefined;
  let warned = false;
  const orWarn = <E extends Error>(effect: Effect.Effect<void, E>) =>
    Effect.catch(effect, ({ message }) => {
      if (warned) return Effect.void;
      warned = true;
      return Effect.logWarning(`${message}; the run goes on without its times`);
    });
  const append = (line: TimingLine) => orWarn(appendLine(timings, line));

  /** Notes the time since the last note. */
  const note = (phase: Current, nowMs: number) => {
    const { first: { phase: name, epoch = 0, unit }, newest } = phase;
    const images = unit === "images" ? newest.done - phase.notedDone : 0;
    const seconds = (nowMs - phase.notedMs) / 1000;
    phase.notedMs = nowMs;
    phase.notedDone = newest.done;
    if (!isTimed(name)) return Effect.void;
    return append({ event: "timed", epoch, phase: name, seconds, images });
  };
  /** Writes beside the work, which a slow disk must not hold up. */
  const tell = (phase: Current, nowMs: number) => {
    progressMs = nowMs;
    return Effect.map(
      Effect.forkDetach(
        orWarn(replace(progressFile, progressOf(phase, nowMs))),
      ),
      (fiber) => {
        writing = fiber;
      },
    );
  };
  const written = Effect.suspend(() =>
    writing === undefined ? Effect.void : Fiber.await(writing)
  );
  const mark = Effect.gen(function* () {
    const nowMs = yield* Clock.currentTimeMillis;
    if (current !== undefined) {
      yield* note(current, nowMs);
      yield* written;
      yield* tell(current, nowMs);
      yield* written;
    }
    current = undefined;
    markMs = nowMs;
  });
  const record = yield* processRecord(markMs);
  let started = false;
  const follow = Effect.fnUntraced(function* (event: ProgressEvent) {
    if (!started) {
      started = true;
      yield* append({ event: "started", ...record });
    }
    if (current !== undefined && !isSame(current.first, event)) yield* mark;
    const nowMs = yield* Clock.currentTimeMillis;
    current ??= {
      first: event,
      newest: event,
      startMs: nowMs,
      notedMs: markMs,
      notedDone: event.done,
    };
    current.newest = event;
    if (nowMs - current.notedMs >= timingEveryMs) yield* note(current, nowMs);
    const isWriting = writing !== undefined && !writing.pollUnsafe();
    if (!isWriting && nowMs - progressMs >= progressEveryMs) {
      yield* tell(current, nowMs);
    }
  });

  yield* orWarn(cutPartialLine(timings));
  return {
    observe: ({ report }) => ({
      report: (event) => Effect.andThen(follow(event), report(event)),
    }),
    mark,
  } satisfies RunRecorder as RunRecorder;
});

/** This process, which begins now. */
const processRecord = Effect.fnUntraced(function* (nowMs: number) {
  const { identity } = (yield* Backend).info;
  const { processor, cores, memoryBytes, runtime } = yield* machine;
  const threads = `${identity.threads} thread${
    identity.threads === 1 ? "" : "s"
  }`;
  return {
    startedAt: new Date(nowMs).toISOString(),
    version,
    runtime,
    engine: `${identity.version}, ${identity.provider}, ${threads}`,
    processor,
    cores,
    memoryBytes,
  } satisfies ProcessRecord;
});

const progressOf = (
  { first, newest, startMs }: Current,
  nowMs: number,
): RunProgress => {
  const { phase, epoch, done, total, unit, figures } = newest;
  const seconds = (nowMs - startMs) / 1000;
  return {
    at: new Date(nowMs).toISOString(),
    phase,
    ...epoch !== undefined && { epoch },
    done,
    total,
    unit,
    ...seconds > 0 && done > first.done &&
      { rate: (done - first.done) / seconds },
    ...figures && { figures },
  };
};

const isSame = (a: ProgressEvent, b: ProgressEvent): boolean =>
  a.phase === b.phase && a.epoch === b.epoch && a.unit === b.unit;

const isTimed = (phase: string): phase is PhaseTime["phase"] =>
  timedPhases.some((timed) => timed === phase);

/** One call for a line: a kill comes before it or after it. */
const appendLine = (path: string, line: TimingLine) =>
  attempt(
    "write",
    path,
    () => writeFile(path, JSON.stringify(line) + "\n", { flag: "a" }),
  );

/** A power cut may have left a part of a line, which no line may follow. */
const cutPartialLine = (path: string) =>
  attempt("write", path, async () => {
    const file = await open(path, "a+");
    const end = (await file.readFile()).lastIndexOf("\n".charCodeAt(0)) + 1;
    await file.truncate(end).finally(() => file.close());
  });

/** The old file or the new one, but not through a power cut: it is a note. */
const replace = (path: string, value: unknown) =>
  attempt("write", path, async () => {
    const partial = join(path, `../.${runFiles.progress}.partial`);
    await writeFile(partial, JSON.stringify(value) + "\n");
    await rename(partial, path);
  });
