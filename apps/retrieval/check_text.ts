/**
 * What `check` says to a person.
 *
 * @module
 */
import { typed } from "@deepcluster/terminal";
import type { CheckedIndex } from "./check.ts";

/**
 * Describes an index.
 *
 * @param checked What was found.
 * @returns Some lines.
 */
export const checkText = (checked: CheckedIndex): string => {
  const { images, vectors, columns, removedVectors } = checked;
  return [
    `${images} images with ${vectors} different vectors of ${columns} values`,
    `vectors: ${checked.describedBy}`,
    checked.clusters,
    `${(checked.bytes / 2 ** 20).toFixed(1)} MiB in ${typed(checked.index)}`,
    ...removedVectors > 0
      ? [`${removedVectors} vectors of removed images; --compact removes them`]
      : [],
    ...checked.complete
      ? []
      : ["the newest update was stopped or is under way: call `index` again"],
    checked.damagedBlocks.length === 0
      ? "every block is what was written"
      : `damaged blocks: ${checked.damagedBlocks.join(", ")}`,
    ...checked.searches.map(({ kind, milliseconds, recall }) =>
      `${kind} search: ${milliseconds.toFixed(2)} ms a query` +
      (kind === "exact" ? "" : `, recall@10 ${recall.toFixed(4)}`)
    ),
    checked.skipped.length === 0
      ? "nothing skipped"
      : `${checked.skipped.length} skipped:`,
    ...checked.skipped.map(({ path, reason }) => `  ${path}: ${reason}`),
  ].join("\n");
};
