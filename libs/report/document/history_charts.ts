/**
 * The charts of a run's figures over its epochs.
 *
 * @module
 */
import type { Chart, ChartSeries } from "@deepcluster/charts";
import type { PhaseTime } from "@deepcluster/runs";
import type { EpochHistory, RunHistory } from "../history/history.ts";
import { shortPercent } from "./words.ts";

/**
 * Lists the charts of a run.
 *
 * Figures that no epoch has are left out: reassigned images of a single epoch, NMI to labels of images without
 * labels, times of runs that did not note them.
 *
 * @param history The run; at least one epoch.
 * @returns The charts, in the order of reading.
 */
export const historyCharts = (history: RunHistory): readonly Chart[] => {
  const { epochs } = history;
  const newest = epochs.at(-1)!;
  const over = {
    kind: "lines",
    xName: "epoch",
    x: epochs.map(({ epoch }) => String(epoch)),
  } as const;
  const each = (
    name: string,
    of: (epoch: EpochHistory) => number | undefined,
  ): ChartSeries => ({ name, values: epochs.map(of) });
  const chance = 1 / newest.report.k;
  const charts: readonly Chart[] = [
    {
      ...over,
      title: "Loss",
      note: "Cross-entropy of predicting each image's cluster. Well below " +
        "ln k, the head has learned something.",
      series: [each("training", ({ training }) => training?.loss)],
      reference: { name: "ln k", value: newest.report.lnK },
    },
    {
      ...over,
      title: "Accuracy",
      note: "Fraction of training images whose cluster was predicted.",
      series: [each("training", ({ training }) => training?.accuracy)],
      reference: { name: "chance, 1/k", value: chance },
      range: { from: 0 },
      write: shortPercent,
    },
    {
      ...over,
      title: "NMI",
      note:
        "Normalised mutual information: how much two groupings agree, 0 not at all, 1 completely. To " +
        "the previous clustering it rises while the clusters settle.",
      series: [
        each("to the previous epoch", ({ report }) => report.nmiToPrevious),
        ...epochs.some((epoch) => epoch.nmiToLabels !== undefined)
          ? [each("to the labels", (epoch) => epoch.nmiToLabels)]
          : [],
      ],
      range: { from: 0, to: 1 },
    },
    {
      ...over,
      title: "Reassigned images",
      note: "Fraction of the images that left the company of most of their " +
        "previous cluster.",
      series: [each("reassigned", ({ report }) => report.reassignedFraction)],
      range: { from: 0 },
      write: shortPercent,
    },
    {
      ...over,
      title: "Sizes of clusters",
      note: "Images in a cluster. Empty clusters are not counted.",
      series: [
        each("largest", ({ report }) => report.sizes.maximum),
        each("median", ({ report }) => report.sizes.median),
        each("smallest", ({ report }) => report.sizes.minimum),
      ],
      range: { from: 0 },
    },
    {
      title: `Sizes in epoch ${newest.epoch}`,
      kind: "bars",
      xName: "images in a cluster",
      x: newest.report.sizes.histogram.map(({ from, to }) =>
        from === to ? `${from}` : `${from}–${to}`
      ),
      series: [{
        name: "clusters",
        values: newest.report.sizes.histogram.map(({ clusters }) => clusters),
      }],
    },
    {
      ...over,
      title: "Imbalance",
      note: "k Σ size² / n². 1: all clusters have the same size; k: one " +
        "cluster has every image.",
      series: [each("imbalance", ({ report }) => report.imbalance)],
      reference: { name: "perfectly even", value: 1 },
    },
    ...emptyClusters(history),
    {
      ...over,
      title: "Loss of k-means",
      note: "Mean squared distance of an image's features to its centroid.",
      series: [
        each("k-means", ({ report }) => report.loss / report.points),
      ],
    },
    ...timeCharts(history),
  ];
  return charts.filter(({ series }) =>
    series.some(({ values }) => values.some((value) => value !== undefined))
  );
};

/** Most runs have none, and need no chart of it. */
const emptyClusters = (
  { epochs }: RunHistory,
): readonly Chart[] =>
  epochs.every(({ report }) => report.splits === 0 && report.empties === 0)
    ? []
    : [{
      title: "Empty clusters",
      kind: "bars",
      xName: "epoch",
      x: epochs.map(({ epoch }) => String(epoch)),
      note: "A cluster that lost its images during k-means is filled by " +
        "splitting a large one.",
      series: [
        {
          name: "split off during k-means",
          values: epochs.map(({ report }) => report.splits),
        },
        {
          name: "empty at the end",
          values: epochs.map(({ report }) => report.empties),
        },
      ],
    }];

const phases = ["extract", "reduce", "cluster", "train"] as const;

const timeCharts = ({ epochs }: RunHistory): readonly Chart[] => {
  if (epochs.every((epoch) => epoch.phases.length === 0)) return [];
  const over = {
    xName: "epoch",
    x: epochs.map(({ epoch }) => String(epoch)),
  };
  const longest = Math.max(
    ...epochs.map((epoch) =>
      epoch.phases.reduce((sum, { seconds }) => sum + seconds, 0)
    ),
  );
  const [unit, length] = longest > 7200
    ? ["hours", 3600] as const
    : longest > 300
    ? ["minutes", 60] as const
    : ["seconds", 1] as const;
  return [
    {
      ...over,
      title: "Time of each phase",
      kind: "stacked bars",
      unit,
      note: "Over all processes that worked on an epoch.",
      series: phases.map((phase) => ({
        name: phase,
        values: epochs.map((epoch) => {
          const time = timeOf(epoch, phase);
          return time === undefined ? undefined : time.seconds / length;
        }),
      })),
    },
    {
      ...over,
      title: "Throughput",
      kind: "lines",
      unit: "images/s",
      series: (["extract", "train"] as const).map((phase) => ({
        name: phase,
        values: epochs.map((epoch) => {
          const time = timeOf(epoch, phase);
          return time === undefined || time.images === 0 || time.seconds === 0
            ? undefined
            : time.images / time.seconds;
        }),
      })),
      range: { from: 0 },
    },
  ];
};

const timeOf = (
  epoch: EpochHistory,
  wanted: PhaseTime["phase"],
): PhaseTime | undefined => epoch.phases.find(({ phase }) => phase === wanted);
