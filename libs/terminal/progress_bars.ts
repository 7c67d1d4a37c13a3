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
  formatFigure,
  type Phase,
  phaseName,
  progressLine,
  rate,
} from "./progress_lines.ts";
import cliProgress from "cli-progress";

/**
 * One bar, for the phase that began first of those going on; a line for each at
 * its end. A phase that is not heard of for a second gives up its place.
 */
export const bars = (stream: NodeJS.WriteStream): Display => {
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
