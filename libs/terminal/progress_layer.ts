/**
 * The `Progress` service on a terminal: a bar with images/s and time left,
 * or, where there is no terminal, a plain line every few seconds.
 *
 * Everything goes to standard error, so that standard output holds results
 * only.
 *
 * @module
 */
import { loadModule, Progress } from "@deepcluster/core";
import { Clock, Effect, Layer } from "effect";
import {
  type Display,
  type Phase,
  phaseName,
  progressLine,
} from "./progress_lines.ts";
import process from "node:process";

/** Where and how often progress is shown. */
export interface ProgressOptions {
  /** Default: standard error. */
  readonly stream?: NodeJS.WriteStream;
  /** Shortest time between two plain lines of one phase. Default: 5 000. */
  readonly lineEveryMs?: number;
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
        stream.isTTY
          ? Effect.map(loadBars, ({ bars }) => bars(stream))
          : Effect.sync(() => lines(stream, options.lineEveryMs ?? 5000)),
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

const loadBars = loadModule<typeof import("./progress_bars.ts")>(
  new URL("./progress_bars.ts", import.meta.url),
);
