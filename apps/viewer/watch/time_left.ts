/**
 * How long a run will still take, from what it took so far.
 *
 * @module
 */
import type { EpochHistory, RunHistory } from "@deepcluster/report";
import type { PhaseTime, RunProgress } from "@deepcluster/runs";

/** What is left of a run. */
export interface TimeLeft {
  /** Of the phase under way; absent while nothing can be said. */
  readonly phaseSeconds?: number;
  /** Of the whole run; absent until an epoch has been timed to its end. */
  readonly runSeconds?: number;
  /** Epochs that {@link runSeconds} follows from. */
  readonly epochs: number;
}

/** Phases of every epoch, in their order. */
const epochPhases = ["extract", "reduce", "cluster", "train"] as const;

/** The newest epochs say best how long the next ones take. */
const newest = 5;

/**
 * Estimates how long a run will still take.
 *
 * A phase under way is taken to go on at its rate; a phase that is to come, to
 * take as long as it took in the newest five epochs that are finished, their
 * median. So other work on the machine, or another process than before, shows
 * in the estimate only as far as it has shown in these.
 *
 * @param history The run.
 * @param progress What its process is doing.
 * @returns What is left; see {@link TimeLeft}.
 */
export const timeLeft = (
  { configuration, epochs }: Pick<RunHistory, "configuration" | "epochs">,
  progress: RunProgress,
): TimeLeft => {
  const timed = epochs.filter(isTimed).slice(-newest);
  const usual = (phase: PhaseTime["phase"]) =>
    median(timed.map((epoch) => secondsOf(epoch, phase)));
  const { done, total, rate, epoch, phase } = progress;
  const place = epochPhases.findIndex((name) => name === phase);
  const byRate = rate !== undefined && rate > 0
    ? (total - done) / rate
    : undefined;
  if (timed.length === 0 || epoch === undefined || place < 0) {
    return { ...byRate !== undefined && { phaseSeconds: byRate }, epochs: 0 };
  }
  const rest = total > 0 ? 1 - done / total : 0;
  const phaseSeconds = byRate ?? rest * usual(epochPhases[place]!);
  const restOfEpoch = epochPhases.slice(place + 1).map(usual);
  const wholeEpoch = epochPhases.map(usual);
  return {
    phaseSeconds,
    runSeconds: phaseSeconds + sum(restOfEpoch) +
      (configuration.epochs - epoch) * sum(wholeEpoch),
    epochs: timed.length,
  };
};

/** Whether an epoch is finished and was timed. */
const isTimed = ({ training, phases }: EpochHistory): boolean =>
  training !== undefined && phases.some(({ phase }) => phase === "train");

const secondsOf = ({ phases }: EpochHistory, name: PhaseTime["phase"]) =>
  phases.find(({ phase }) => phase === name)?.seconds ?? 0;

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
};
