/**
 * What a run came to, as a table and as JSON.
 *
 * @module
 */
import type { Metrics } from "@deepcluster/runs";
import { shown } from "@deepcluster/terminal";
import { join } from "node:path";

/**
 * Sums up a run.
 *
 * @param folder The run folder.
 * @param checkpoint Path of the newest checkpoint within it, if there is one.
 * @param metrics Every line of the run's metrics.
 * @returns Text for people, and the same as plain data.
 */
export const runSummary = (
  folder: string,
  checkpoint: string | undefined,
  metrics: readonly Metrics[],
) => {
  const clustered = metrics.filter(({ event }) => event === "clustered");
  const trained = metrics.filter(({ event }) => event === "trained");
  const epochs = clustered.map((line) => ({
    ...line,
    ...trained.find(({ epoch }) => epoch === line.epoch),
  }));
  const path = checkpoint && join(folder, checkpoint);
  return {
    text: [
      ...epochs.length === 0 ? [] : [table(epochs), ""],
      `Clusters    ${shown(join(folder, "assignments"))}`,
      `Checkpoint  ${path ? shown(path) : "none yet"}`,
    ].join("\n"),
    json: { run: folder, checkpoint: path, epochs },
  };
};

const columns: Readonly<Record<string, string>> = {
  epoch: "epoch",
  dimensions: "PCA",
  nonEmpty: "clusters",
  largest: "largest",
  moved: "reassigned",
  nmiToPrevious: "NMI to previous",
  nmiToLabels: "NMI to labels",
  loss: "loss",
  accuracy: "accuracy",
};

/** A line for each epoch; columns that no epoch has are left out. */
const table = (epochs: readonly Partial<Metrics>[]): string => {
  const shown = Object.entries(columns)
    .filter(([figure]) => epochs.some((epoch) => epoch[figure] !== undefined));
  const cells = [
    shown.map(([, title]) => title),
    ...epochs.map((epoch) =>
      shown.map(([figure]) => {
        const value = epoch[figure];
        return typeof value !== "number"
          ? ""
          : Number.isInteger(value)
          ? String(value)
          : value.toFixed(3);
      })
    ),
  ];
  const widths = shown.map((_, i) =>
    Math.max(...cells.map((row) => row[i]!.length))
  );
  return cells
    .map((row) => row.map((cell, i) => cell.padStart(widths[i]!)).join("  "))
    .join("\n");
};
