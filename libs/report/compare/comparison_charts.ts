/**
 * Curves of several runs in common charts.
 *
 * @module
 */
import type { Chart } from "@deepcluster/charts";
import { shortPercent } from "../document/words.ts";
import type { EpochHistory } from "../history/history.ts";
import type { ComparedRun } from "./run_comparison.ts";

/**
 * Lists the charts of runs; x goes to the last epoch of the longest. Figures
 * that no run has are left out.
 *
 * @param runs The runs.
 * @returns The charts; none before any epoch.
 */
export const comparisonCharts = (
  runs: readonly ComparedRun[],
): readonly Chart[] => {
  const last = Math.max(
    0,
    ...runs.map(({ history }) => history.epochs.at(-1)?.epoch ?? 0),
  );
  const epochs = Array.from({ length: last }, (_, at) => at + 1);
  const chart = (
    title: string,
    note: string,
    of: (epoch: EpochHistory) => number | undefined,
    more: Partial<Chart> = {},
  ): Chart => ({
    kind: "lines",
    xName: "epoch",
    x: epochs.map(String),
    title,
    note,
    series: runs.map(({ name, history }) => {
      const by = new Map(history.epochs.map((one) => [one.epoch, one]));
      return {
        name,
        values: epochs.map((epoch) => {
          const found = by.get(epoch);
          return found && of(found);
        }),
      };
    }),
    ...more,
  });
  const unit = { range: { from: 0, to: 1 } };
  const charts = [
    chart(
      "Loss",
      "Cross-entropy of predicting each image's cluster. With other numbers " +
        "of clusters it begins elsewhere, at ln k: compare its fall.",
      ({ training }) => training?.loss,
    ),
    chart(
      "Accuracy",
      "Fraction of training images whose cluster was predicted; harder with " +
        "more clusters.",
      ({ training }) => training?.accuracy,
      { range: { from: 0 }, write: shortPercent },
    ),
    chart(
      "NMI to the previous epoch",
      "How much two successive clusterings agree.",
      ({ report }) => report.nmiToPrevious,
      unit,
    ),
    chart(
      "NMI to the labels",
      "How much clusters and labels agree; it grows with the number of " +
        "clusters.",
      ({ nmiToLabels }) => nmiToLabels,
      unit,
    ),
    chart(
      "Reassigned images",
      "Fraction of the images that left the company of most of their " +
        "previous cluster.",
      ({ report }) => report.reassignedFraction,
      { range: { from: 0 }, write: shortPercent },
    ),
    chart(
      "Imbalance",
      "k Σ size² / n²: 1 when all clusters are equally large.",
      ({ report }) => report.imbalance,
    ),
    chart(
      "Time of an epoch",
      "All phases; runs of versions that did not note it have none.",
      ({ phases }) =>
        phases.length === 0
          ? undefined
          : phases.reduce((sum, { seconds }) => sum + seconds, 0),
      { unit: "s", range: { from: 0 } },
    ),
  ];
  return charts.filter(({ series }) =>
    series.some(({ values }) => values.some((value) => value !== undefined))
  );
};
