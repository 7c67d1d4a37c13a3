/**
 * Faults that a run shows from epoch to epoch.
 *
 * @module
 */
import { formatFigure } from "@deepcluster/terminal";
import { shortPercent, threeDecimals } from "../document/words.ts";
import { nmiByChance } from "./chance.ts";
import type { EpochHistory } from "./history.ts";
import { trainedEpochs, type WarningRule } from "./training_warnings.ts";
import { warningLimits } from "./warning_limits.ts";

const limits = warningLimits;

const byChance: WarningRule = ({ epochs }) => {
  const newest = epochs.at(-1);
  if (newest?.report.nmiToPrevious === undefined) return undefined;
  const { epoch, report: { points, nonEmpty, nmiToPrevious } } = newest;
  const chance = nmiByChance(points, nonEmpty);
  const above = (nmiToPrevious - chance) / (1 - chance);
  if (nonEmpty < 2 || above >= limits.aboveChance) return undefined;
  return {
    code: "clusters-by-chance",
    epoch,
    text: `The clusters of epoch ${epoch} have little more to do with those ` +
      `of the epoch before than chance: NMI ${
        threeDecimals(nmiToPrevious)
      }, where ` +
      `chance gives ${threeDecimals(chance)}`,
    advice: "lower --clusters or --pca, so that clusters are of more than " +
      "noise, or lower --learning-rate",
  };
};

const fallen: WarningRule = (history) => {
  const { epochs, configuration: { learningRate } } = history;
  const newest = epochs.at(-1);
  const best = highest(epochs, ({ report }) => report.nmiToPrevious);
  if (newest?.report.nmiToPrevious === undefined || best === undefined) {
    return undefined;
  }
  const { epoch, report: { nmiToPrevious } } = newest;
  if (nmiToPrevious > best.value - limits.fallenNmi) return undefined;
  return {
    code: "nmi-to-previous-fell",
    epoch,
    text:
      `NMI to the previous epoch fell to ${threeDecimals(nmiToPrevious)} in ` +
      `epoch ${epoch}, from ${
        threeDecimals(best.value)
      } in epoch ${best.epoch}: the ` +
      "clusters come apart instead of settling",
    advice: "see whether the loss rose as well; start a new run with a lower " +
      `--learning-rate: this one has ${learningRate}`,
  };
};

const frozen: WarningRule = ({ epochs }) => {
  const newest = epochs.at(-1);
  if (newest === undefined) return undefined;
  const { epoch, report: { nmiToPrevious, reassignedFraction } } = newest;
  if (nmiToPrevious === undefined || reassignedFraction === undefined) {
    return undefined;
  }
  if (
    reassignedFraction > limits.frozenReassigned ||
    nmiToPrevious < limits.frozenNmi
  ) return undefined;
  return {
    code: "clusters-frozen",
    epoch,
    text:
      `The clusters no longer change: ${shortPercent(reassignedFraction)} of ` +
      `the images were reassigned in epoch ${epoch}, NMI to the previous ` +
      `epoch ${threeDecimals(nmiToPrevious)}`,
    advice: "more epochs give nothing new: the run may be stopped here",
  };
};

const labelsFall: WarningRule = (history) => {
  const trained = trainedEpochs(history);
  const newest = trained.at(-1);
  const best = highest(trained, ({ nmiToLabels }) => nmiToLabels);
  if (newest?.nmiToLabels === undefined || best === undefined) {
    return undefined;
  }
  const { epoch, nmiToLabels, training: { loss } } = newest;
  const before = trained.find((epoch) => epoch.epoch === best.epoch)!;
  if (
    nmiToLabels > (1 - limits.fallenNmiToLabels) * best.value ||
    loss >= before.training.loss
  ) return undefined;
  return {
    code: "nmi-to-labels-fell",
    epoch,
    text: `NMI to the labels fell to ${threeDecimals(nmiToLabels)} in epoch ` +
      `${epoch}, from ${
        threeDecimals(best.value)
      } in epoch ${best.epoch}, while the ` +
      `loss fell from ${threeDecimals(before.training.loss)} to ${
        threeDecimals(loss)
      }: the ` +
      "network learns clusters that say less about the classes",
    advice: `compare with a run of --epochs ${best.epoch}, with stronger ` +
      "crops (--crop-scale) or other --clusters; labels evaluate a run and " +
      "are never trained on",
  };
};

const unreadable: WarningRule = ({ unreadable, epochs }) => {
  const images = unreadable + (epochs.at(-1)?.report.points ?? 0);
  if (epochs.length === 0 || unreadable < limits.unreadable * images) {
    return undefined;
  }
  return {
    code: "unreadable-images",
    text:
      `${shortPercent(unreadable / images)} of the images cannot be read and ` +
      `are left out: ${unreadable} of ${images}`,
    advice: "see `unreadable.tsv` in the run folder for the reasons",
  };
};

const slower: WarningRule = (history) => {
  const rates = trainedEpochs(history).flatMap(({ epoch, phases }) => {
    const time = phases.find(({ phase }) => phase === "train");
    return time === undefined || time.images === 0 || time.seconds === 0
      ? []
      : [{ epoch, rate: time.images / time.seconds }];
  });
  const newest = rates.at(-1);
  const before = rates.slice(0, -1).map(({ rate }) => rate)
    .sort((a, b) => a - b);
  if (newest === undefined || before.length === 0) return undefined;
  const median = before[Math.floor(before.length / 2)]!;
  if (newest.rate > limits.slower * median) return undefined;
  return {
    code: "training-slower",
    epoch: newest.epoch,
    text: `Training fell to ${formatFigure(newest.rate)} images/s in epoch ` +
      `${newest.epoch}, from ${formatFigure(median)} in the epochs before`,
    advice: "see whether other programs use the processor or the disk, and " +
      "whether the machine slows down for heat",
  };
};

/** The epoch with the highest of a figure, the first of equal ones. */
const highest = (
  epochs: readonly EpochHistory[],
  figureOf: (epoch: EpochHistory) => number | undefined,
): { readonly epoch: number; readonly value: number } | undefined => {
  let best: { readonly epoch: number; readonly value: number } | undefined;
  for (const epoch of epochs) {
    const value = figureOf(epoch);
    if (value !== undefined && !(best && best.value >= value)) {
      best = { epoch: epoch.epoch, value };
    }
  }
  return best;
};

/** Rules on how epochs follow each other, the gravest first. */
export const progressRules: readonly WarningRule[] = [
  byChance,
  fallen,
  frozen,
  labelsFall,
  unreadable,
  slower,
];
