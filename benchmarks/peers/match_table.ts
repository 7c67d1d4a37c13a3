/**
 * Matches as a table.
 *
 * @module
 */
import { pairedRatio } from "../measure/statistics.ts";
import { showRatio, showSeconds, showShare, table } from "../measure/table.ts";
import type { Match } from "./match.ts";

/**
 * Tells a match: times of every side, and how many times as long as ours.
 *
 * @param match See {@link Match}.
 * @returns A table, and a line for each peer that is absent.
 */
export const matchTable = ({ row, results, absent }: Match): string => {
  const ours = results[0]!;
  const lines = results.map((result) => {
    const { name, seconds, summary, peakBytes, disagreement } = result;
    const { median, spread, least, most } = summary;
    const { low, high } = pairedRatio(seconds, ours.seconds);
    const itself = result === ours;
    return [
      itself ? row : `- ${name}`,
      showSeconds(median),
      showShare(spread),
      showSeconds(least),
      (most / median).toFixed(2),
      itself ? "" : showRatio(median / ours.summary.median),
      itself ? "" : `${low.toFixed(2)}–${high.toFixed(2)}`,
      `${(peakBytes / 2 ** 20).toFixed(0)} MiB`,
      itself ? "" : disagreement <= 1 ? "same" : `DIFFER: ${result.values}`,
    ];
  });
  const head = [
    "work",
    "median",
    "spread",
    "least",
    "slowest / median",
    "theirs / ours",
    "95 %",
    "peak memory",
    "results",
  ];
  return [
    table(head, lines),
    ...absent.map(({ name, absent }) => `${name} is absent: ${absent}`),
  ].join("\n");
};
