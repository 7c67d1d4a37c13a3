/**
 * The results of a row as a table.
 *
 * @module
 */
import {
  pairedRatio,
  showPercent,
  showRatio,
  showSeconds,
  table,
} from "@deepcluster/benchmarks/measure";
import type { RowResult } from "./compare.ts";

/**
 * Returns the times and memory of every process, and their ratios to ours.
 *
 * @param result See {@link RowResult}.
 * @returns A Markdown table, and one line per missing baseline.
 */
export const comparisonTable = (
  { row, results, missing }: RowResult,
): string => {
  const ours = results[0]!;
  const lines = results.map((result) => {
    const { name, seconds, summary, peakBytes, values, disagreement } = result;
    const { median, spread, min, max } = summary;
    const { low, high } = pairedRatio(seconds, ours.seconds);
    const baseline = result !== ours;
    return [
      baseline ? `- ${name}` : row,
      showSeconds(median),
      showPercent(spread),
      showSeconds(min),
      (max / median).toFixed(2),
      baseline ? showRatio(median / ours.summary.median) : "",
      baseline ? `${low.toFixed(2)}–${high.toFixed(2)}` : "",
      `${(peakBytes / 2 ** 20).toFixed(0)} MiB`,
      baseline ? showRatio(peakBytes / ours.peakBytes) : "",
      baseline ? agreement(disagreement, values) : shown(values),
    ];
  });
  const head = [
    "row",
    "median",
    "spread",
    "min",
    "max / median",
    "theirs / ours",
    "95 %",
    "peak memory",
    "theirs / ours",
    "results",
  ];
  return [
    table(head, lines),
    ...missing.map(({ name, missing }) => `${name} is missing: ${missing}`),
  ].join("\n");
};

const agreement = (disagreement: number, values: readonly number[]) =>
  `${disagreement <= 1 ? "same" : "DIFFER"}: ${shown(values)}`;

const shown = (values: readonly number[]) =>
  values.map((value) => Number(value.toPrecision(6))).join(", ");
