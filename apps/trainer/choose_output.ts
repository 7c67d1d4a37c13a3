/**
 * What `choose-clusters` prints.
 *
 * @module
 */
import { adviceSentences, type ClusterSweep } from "@deepcluster/report";

/**
 * Writes the figures as a table, and the advice under it.
 *
 * @param choice What was found.
 * @returns Lines for a terminal.
 */
export const choiceText = (choice: ClusterSweep): string => {
  const judged = choice.sweep.some(({ labels }) => labels !== undefined);
  const rows = choice.sweep.map((one) => [
    String(one.clusters),
    ...[
      one.agreement,
      one.lowestAgreement,
      one.structurelessAgreement,
      one.explained,
      one.structurelessExplained,
      one.imbalance,
    ].map((value) => value.toFixed(2)),
    String(Math.round(one.smallest)),
    ...judged
      ? [one.labels?.nmi, one.labels?.adjustedRand, one.labels?.purity]
        .map((value) => value?.toFixed(2) ?? "")
      : [],
  ]);
  const head = [
    "clusters",
    "agreement",
    "lowest",
    "no groups",
    "explained",
    "no groups",
    "imbalance",
    "smallest",
    ...judged ? ["NMI", "ARI", "purity"] : [],
  ];
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]!.length))
  );
  const { groups, learning } = adviceSentences(choice);
  return [
    ...[head, ...rows].map((row) =>
      row.map((cell, column) => cell.padStart(widths[column]!)).join("  ")
    ),
    "",
    groups,
    learning,
  ].join("\n");
};
