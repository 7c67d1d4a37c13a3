/**
 * What `index` says of an index it has brought up to date.
 *
 * @module
 */
import type { IndexReport, SearchIndex } from "@deepcluster/retrieval";
import { typed } from "@deepcluster/terminal";

/** Skipped files that are named; `check` names all. */
const mostNamed = 10;

/**
 * Describes an update to a person.
 *
 * @param index The index.
 * @param report What the update did.
 * @returns Some lines.
 */
export const indexText = (index: SearchIndex, report: IndexReport): string => {
  const { added, changed, removed, unchanged, computed } = report;
  return [
    `${report.images} images with ${report.vectors} different vectors of ` +
    `${index.settings.columns} values: ${vectorsText(index)}`,
    `${added} added, ${changed} changed, ${removed} removed, ${unchanged} ` +
    `unchanged; ${computed} computed`,
    clustersText(index),
    ...skippedText(index),
    "",
    index.settings.model === undefined
      ? `deno task retrieve duplicates ${
        typed(index.folder)
      } lists what is alike`
      : `deno task retrieve query ${typed(index.folder)} IMAGE searches it`,
  ].join("\n");
};

/**
 * Describes an update to a program.
 *
 * @param index The index.
 * @param report What the update did.
 * @returns Plain data.
 */
export const indexJson = (index: SearchIndex, report: IndexReport) => ({
  index: index.folder,
  ...report,
  columns: index.settings.columns,
  model: index.settings.model?.name,
  layer: index.settings.layer,
  skippedImages: index.skipped,
});

/**
 * Says what the vectors of an index are.
 *
 * @param index The index.
 * @returns Such as `layer features of demo, epoch 9`.
 */
export const vectorsText = ({ settings }: SearchIndex): string =>
  settings.model === undefined
    ? "given"
    : `${settings.layer === undefined ? "R-MAC" : `layer ${settings.layer}`} ` +
      `of ${settings.model.name}`;

/**
 * Says where the clusters of an index come from.
 *
 * @param index The index.
 * @returns A line.
 */
export const clustersText = ({ state, settings }: SearchIndex): string => {
  const { clusters } = state;
  if (clusters === undefined) return "no clusters";
  const { epoch } = (settings.descriptor["clusters"] ?? {}) as {
    readonly epoch?: number;
  };
  return clusters.from === "run"
    ? `${clusters.k} clusters of the run, of epoch ${epoch}: these are of the ` +
      "weights of the epoch before, so the vectors are, too"
    : `${clusters.k} clusters by k-means on the vectors, seed ${clusters.seed}`;
};

/**
 * Lists the files that are not indexed.
 *
 * @param index The index.
 * @param most How many are named.
 * @returns Lines; none when all are indexed.
 */
const skippedText = (
  { skipped, folder }: SearchIndex,
  most = mostNamed,
): readonly string[] => {
  if (skipped.length === 0) return [];
  const rest = skipped.length - most;
  return [
    `${skipped.length} skipped:`,
    ...skipped.slice(0, most).map(({ path, reason }) => `  ${path}: ${reason}`),
    ...rest > 0
      ? [`  and ${rest} more: deno task retrieve check ${typed(folder)}`]
      : [],
  ];
};
