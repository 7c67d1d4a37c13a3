/**
 * Progress events as words: rates, times and figures.
 *
 * @module
 */
import type { ProgressEvent } from "@deepcluster/core";

/** A phase that is going on: its first event, and when that came. */
export interface Phase {
  /** The first event; its `done` is not zero when the phase was resumed. */
  readonly first: ProgressEvent;
  /** When the first event came, in milliseconds of the clock. */
  readonly startMs: number;
}

/** How one kind of output shows the events of a phase. */
export interface Display {
  /** Shows that a phase has got as far as an event says. */
  readonly show: (phase: Phase, event: ProgressEvent, nowMs: number) => void;
  /** Takes away what is shown only for a while. */
  readonly close: () => void;
}

/**
 * The name of an event's phase: `epoch 3 train`, or `survey`.
 *
 * @param event Any event of the phase.
 * @returns A few words, the same for all events of one phase.
 */
export const phaseName = (event: ProgressEvent): string =>
  event.epoch === undefined
    ? event.phase
    : `epoch ${event.epoch} ${event.phase}`;

/**
 * Units per second since a phase began in this process.
 *
 * @param phase The phase.
 * @param event The newest event of it.
 * @param nowMs The clock, in milliseconds.
 * @returns Units per second; 0 while nothing can be said.
 */
const rate = (
  phase: Phase,
  event: ProgressEvent,
  nowMs: number,
): number => {
  const seconds = (nowMs - phase.startMs) / 1000;
  return seconds > 0 ? (event.done - phase.first.done) / seconds : 0;
};

/**
 * Formats the progress of a phase as one line.
 *
 * @param phase The phase.
 * @param event The newest event of it.
 * @param nowMs The clock, in milliseconds.
 * @returns For example `epoch 3 train: 640/12098 images, 412 images/s, 28 s
 * left, loss 4.21`, or, at its end, how long it took.
 */
export const progressLine = (
  phase: Phase,
  event: ProgressEvent,
  nowMs: number,
): string => {
  const parts = [
    `${event.done}/${event.total} ${event.unit}`,
    ...progressFigures(phase, event, nowMs),
  ];
  return `${phaseName(event)}: ${parts.join(", ")}`;
};

/**
 * What is told of a phase beside how much is done: rate, time left or in all,
 * the event's figures.
 *
 * @param phase The phase.
 * @param event The newest event of it.
 * @param nowMs The clock, in milliseconds.
 * @returns For example `412 images/s`, `28 s left` and `loss 4.21`; neither
 * rate nor time left while nothing can be said of them.
 */
export const progressFigures = (
  phase: Phase,
  event: ProgressEvent,
  nowMs: number,
): readonly string[] => {
  const perSecond = rate(phase, event, nowMs);
  const parts: string[] = [];
  if (perSecond > 0) parts.push(`${formatFigure(perSecond)} ${event.unit}/s`);
  if (event.done >= event.total) {
    parts.push(`${formatSeconds((nowMs - phase.startMs) / 1000)} in all`);
  } else if (perSecond > 0) {
    const left = (event.total - event.done) / perSecond;
    parts.push(`${formatSeconds(left)} left`);
  }
  for (const [name, value] of Object.entries(event.figures ?? {})) {
    parts.push(`${name} ${formatFigure(value)}`);
  }
  return parts;
};

/**
 * A number with three significant digits, and no exponent below a million.
 *
 * @param value Any number.
 * @returns For example `412`, `4.21`, `0.0312`, `1234`.
 */
export const formatFigure = (value: number): string =>
  Math.abs(value) >= 100 && Math.abs(value) < 1e6
    ? value.toFixed(0)
    : String(Number(value.toPrecision(3)));

/**
 * A duration in the largest two units that matter.
 *
 * @param seconds Seconds, not negative.
 * @returns For example `0.8 s`, `42 s`, `3 min 20 s`, `2 h 05 min`, `4 d 3 h`.
 */
export const formatSeconds = (seconds: number): string => {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  const minutes = Math.floor(rounded / 60);
  const pad = (n: number) => String(n).padStart(2, "0");
  if (minutes < 60) return `${minutes} min ${pad(rounded % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? `${hours} h ${pad(minutes % 60)} min`
    : `${Math.floor(hours / 24)} d ${hours % 24} h`;
};
