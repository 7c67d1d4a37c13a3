/**
 * Faults that the losses and accuracies of a run show.
 *
 * @module
 */
import { formatFigure } from "@deepcluster/terminal";
import { count, shortPercent, threeDecimals } from "../document/words.ts";
import type { EpochHistory, ReportWarning, RunHistory } from "./history.ts";
import { warningLimits } from "./warning_limits.ts";

/** Looks for one fault. */
export type WarningRule = (history: RunHistory) => ReportWarning | undefined;

/** An epoch whose training is finished. */
export type TrainedEpoch =
  & EpochHistory
  & Required<Pick<EpochHistory, "training">>;

/**
 * Returns the epochs of a run that are trained.
 *
 * @param history The run.
 * @returns Them, ascending.
 */
export const trainedEpochs = (
  { epochs }: RunHistory,
): readonly TrainedEpoch[] =>
  epochs.filter((epoch): epoch is TrainedEpoch => epoch.training !== undefined);

const limits = warningLimits;

/** Loss of a head that knows nothing but which clusters are empty. */
const guessingLoss = ({ report }: EpochHistory): number =>
  Math.log(report.nonEmpty);

const diverged: WarningRule = (history) => {
  const newest = trainedEpochs(history).at(-1);
  if (newest === undefined || newest.report.nonEmpty < 2) return undefined;
  const { epoch, training: { loss }, report } = newest;
  const guessing = guessingLoss(newest);
  if (loss < limits.divergedLoss * guessing) return undefined;
  return {
    code: "training-diverges",
    epoch,
    text: `The training diverges: in epoch ${epoch} the loss is ` +
      `${threeDecimals(loss)}, worse than ln k = ${
        threeDecimals(guessing)
      }, that of ` +
      `guessing among ${report.nonEmpty} clusters`,
    advice: "start a new run with a lower --learning-rate: this one has " +
      history.configuration.learningRate,
  };
};

const learnsNothing: WarningRule = (history) => {
  const newest = trainedEpochs(history).at(-1);
  if (newest === undefined || newest.report.nonEmpty < 2) return undefined;
  const { epoch, training: { loss, accuracy, steps }, report } = newest;
  const guessing = guessingLoss(newest);
  const part = loss / guessing;
  if (part < limits.guessingLoss || part >= limits.divergedLoss) {
    return undefined;
  }
  const times = accuracy * report.nonEmpty;
  if (epoch <= 2 && times >= limits.guessingAccuracy) return undefined;
  const { learningRate } = history.configuration;
  return {
    code: "head-learns-nothing",
    epoch,
    text: `The head learns nothing: in epoch ${epoch} the loss is ` +
      `${threeDecimals(loss)}, near ln k = ${
        threeDecimals(guessing)
      }, that of guessing ` +
      `among ${report.nonEmpty} clusters`,
    advice:
      (steps < 50
        ? `an epoch has only ${count(steps, "step")}: lower --batch or raise ` +
          "--reassign; or "
        : "") +
      `try a --learning-rate of ${formatFigure(learningRate / 10)} and of ` +
      `${formatFigure(learningRate * 10)}: this run has ${learningRate}`,
  };
};

const rises: WarningRule = (history) => {
  const trained = trainedEpochs(history);
  const newest = trained.at(-1);
  if (newest === undefined) return undefined;
  const lowest = trained.reduce((low, epoch) =>
    epoch.training.loss < low.training.loss ? epoch : low
  );
  const { epoch, training: { loss } } = newest;
  const rise = loss - lowest.training.loss;
  const guessing = guessingLoss(newest);
  if (
    rise < limits.risenLoss * guessing ||
    loss >= limits.divergedLoss * guessing
  ) return undefined;
  return {
    code: "loss-rises",
    epoch,
    text: `The loss rises: ${threeDecimals(loss)} in epoch ${epoch}, after ` +
      `${threeDecimals(lowest.training.loss)} in epoch ${lowest.epoch}`,
    advice: "start a new run with a lower --learning-rate: this one has " +
      history.configuration.learningRate,
  };
};

const trivial: WarningRule = (history) => {
  const newest = trainedEpochs(history).at(-1);
  if (newest === undefined || newest.report.nonEmpty < 2) return undefined;
  const { epoch, training: { accuracy }, report: { k } } = newest;
  if (accuracy < limits.trivialAccuracy) return undefined;
  return {
    code: "clusters-trivial",
    epoch,
    text:
      `The clusters are trivial to tell apart: in epoch ${epoch} the head ` +
      `puts ${shortPercent(accuracy)} of the images into their cluster`,
    advice: "look at the clusters for what gives them away, such as borders, " +
      `colours or blank images; raise --clusters, which is ${k}, or lower ` +
      "the first number of --crop-scale" +
      (history.configuration.sobel ? "" : ", or leave out --no-sobel"),
  };
};

/** Rules on the training of the newest epoch, the gravest first. */
export const trainingRules: readonly WarningRule[] = [
  diverged,
  learnsNothing,
  rises,
  trivial,
];
