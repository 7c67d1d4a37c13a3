/**
 * The `Progress` service on a terminal: a bar with images/s and time left,
 * or, where there is no terminal, a plain line every few seconds.
 *
 * Everything goes to standard error, so that standard output holds results
 * only.
 *
 * @module
 */
import { Progress, type ProgressEvent } from "@deepcluster/core";
import { Clock, Effect, Layer } from "effect";
import {
  formatFigure,
  type Phase,
  phaseName,
  progressLine,
  rate,
} from "./progress_lines.ts";
import cliProgress from "cli-progress";
import process from "node:process";

/** Where and how often progress is shown. */
export interface ProgressOptions {
  /** Default: standard error. */
  readonly stream?: NodeJS.WriteStream;
  /** Shortest time between two plain lines of one phase. Default: 5 000. */
  readonly lineEveryMs?: number;
}

/** How one kind of output shows the events of a phase. */
interface Display {
  readonly show: (phase: Phase, event: ProgressEvent, nowMs: number) => void;
  readonly close: () => void;
}

/**
 * Shows progress on a stream: bars when it is a terminal, else plain lines.
 *
 * @param options See {@link ProgressOptions}.
 * @returns The layer; a bar still drawn is removed when it is released.
 */
export const layerProgress = (
  options: ProgressOptions = {},
): Layer.Layer<Progress> =>
  Layer.effect(
    Progress,
    Effect.gen(function* () {
      const stream = options.stream ?? process.stderr;
      const display = yield* Effect.acquireRelease(
        Effect.sync(() =>
          stream.isTTY
            ? bars(stream)
            : lines(stream, options.lineEveryMs ?? 5000)
        ),
        (display) => Effect.sync(display.close),
      );
      // Several phases go on at the same time.
      const phases = new Map<string, Phase & { done: number }>();
      return {
        report: (event) =>
          Effect.map(Clock.currentTimeMillis, (nowMs) => {
            const name = phaseName(event);
            const known = phases.get(name);
            const phase = known !== undefined && known.done <= event.done
              ? known
              : { first: event, startMs: nowMs, done: 0 };
            phase.done = event.done;
            phases.set(name, phase);
            display.show(phase, event, nowMs);
            if (event.done >= event.total) phases.delete(name);
          }),
      };
    }),
  );

/** A line at the start and the end of a phase, and now and then between. */
const lines = (stream: NodeJS.WriteStream, everyMs: number): Display => {
  const nextMs = new WeakMap<Phase, number>();
  return {
    show: (phase, event, nowMs) => {
      const edge = event === phase.first || event.done >= event.total;
      if (!edge && nowMs < (nextMs.get(phase) ?? 0)) return;
      nextMs.set(phase, nowMs + everyMs);
      stream.write(progressLine(phase, event, nowMs) + "\n");
    },
    close: () => {},
  };
};

/**
 * One bar, for the phase that began first of those going on; a line for each at
 * its end. A phase that is not heard of for a second gives up its place.
 */
const bars = (stream: NodeJS.WriteStream): Display => {
  const bar = new cliProgress.SingleBar({
    stream,
    format:
      "{phase} [{bar}] {value}/{total} {unit}  {rate} {unit}/s  {eta_formatted} left{figures}",
    clearOnComplete: true,
    hideCursor: true,
    linewrap: false,
    etaBuffer: 50,
  });
  let shown: Phase | undefined;
  let heardMs = 0;
  const close = () => {
    if (shown) bar.stop();
    shown = undefined;
  };
  return {
    show: (phase, event, nowMs) => {
      if (event.done >= event.total) {
        close();
        stream.write(progressLine(phase, event, nowMs) + "\n");
        return;
      }
      if (shown && shown !== phase && nowMs - heardMs < 1000) return;
      heardMs = nowMs;
      const payload = {
        phase: phaseName(event),
        unit: event.unit,
        rate: formatFigure(rate(phase, event, nowMs)),
        figures: Object.entries(event.figures ?? {})
          .map(([name, value]) => `  ${name} ${formatFigure(value)}`).join(""),
      };
      if (shown !== phase) {
        close();
        bar.start(event.total, event.done, payload);
        shown = phase;
      }
      bar.update(event.done, payload);
    },
    close,
  };
};
