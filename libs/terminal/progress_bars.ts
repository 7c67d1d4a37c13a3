/**
 * Progress as a bar on a terminal.
 *
 * A module of its own, as its package takes long to load and most commands
 * show no bar.
 *
 * @module
 */
import {
  type Display,
  type Phase,
  phaseName,
  progressFigures,
  progressLine,
} from "./progress_lines.ts";
import cliProgress from "cli-progress";

/**
 * One bar, for the phase that began first of those going on; a line for each at
 * its end. A phase that is not heard of for a second gives up its place.
 *
 * @param stream The terminal.
 * @returns How events are shown on it.
 */
export const bars = (stream: NodeJS.WriteStream): Display => {
  const bar = new cliProgress.SingleBar({
    stream,
    // The package's own time left is "NULL" and "INF", cut to "LL" and "NF",
    // whenever another phase takes the bar's place.
    format: "{phase} [{bar}] {value}/{total} {unit}{figures}",
    clearOnComplete: true,
    hideCursor: true,
    linewrap: false,
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
        figures: progressFigures(phase, event, nowMs)
          .map((figure) => `  ${figure}`).join(""),
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
