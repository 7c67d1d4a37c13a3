/**
 * What `check` says to a person.
 *
 * @module
 */
import type { SearchIndex } from "@deepcluster/retrieval";
import { typed } from "@deepcluster/terminal";

/** How a search did on queries that are rows of the index. */
export interface MeasuredSearch {
  /** Which search. */
  readonly kind: "exact" | "approximate";
  /** Milliseconds of a query on its own: the median. */
  readonly milliseconds: number;
  /** Of the 10 nearest rows, the fraction that it finds; 1 for an exact one. */
  readonly recall: number;
}

/** What `check` finds. */
export interface CheckedIndex {
  readonly index: string;
  readonly images: number;
  readonly vectors: number;
  readonly columns: number;
  /** Rows that no image has any more; `index --compact` removes them. */
  readonly removedVectors: number;
  readonly complete: boolean;
  readonly describedBy: string;
  readonly clusters: string;
  readonly bytes: number;
  readonly damagedBlocks: readonly number[];
  readonly skipped: SearchIndex["skipped"];
  readonly searches: readonly MeasuredSearch[];
}

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
