/**
 * What a selection of points holds, in figures and as files.
 *
 * @module
 */
/** @import { MapData, MapGroup, MapGrouping } from "./map_data.js" */

/**
 * How a selection is made up.
 *
 * @param {MapGrouping} grouping
 * @param {readonly number[]} points
 * @returns {{ group: MapGroup | undefined, count: number }[]} The largest part
 * first; no group stands for points that are in none.
 */
export const compositionOf = ({ ranks, groups }, points) => {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const point of points) {
    const rank = ranks[point] ?? -1;
    counts.set(rank, (counts.get(rank) ?? 0) + 1);
  }
  return [...counts]
    .sort(([rankA, a], [rankB, b]) => b - a || rankA - rankB)
    .map(([rank, count]) => ({ group: groups[rank], count }));
};

/**
 * The paths of a selection.
 *
 * @param {MapData} data
 * @param {readonly number[]} points
 * @returns {string} One a line.
 */
export const pathsText = ({ about }, points) =>
  points.map((point) => `${about.paths[point]}\n`).join("");

/**
 * A selection as a table: path, cluster and, where there are labels, label.
 *
 * @param {MapData} data
 * @param {readonly number[]} points
 * @param {number} epoch Rank of the epoch whose clusters are written.
 * @returns {string} Comma-separated values (RFC 4180).
 */
export const pathsTable = ({ about, clustersOf, labels }, points, epoch) => {
  const clusters = clustersOf(epoch);
  const line = (/** @type {readonly (string | number)[]} */ values) =>
    `${values.map(quoted).join(",")}\r\n`;
  return line(["path", "cluster", ...(labels ? ["label"] : [])]) +
    points.map((point) =>
      line([
        about.paths[point] ?? "",
        clusters.of[point] ?? "",
        ...(labels ? [about.labels?.names[labels.of[point] ?? -1] ?? ""] : []),
      ])
    ).join("");
};

/** @param {string | number} value */
const quoted = (value) =>
  /[",\r\n]/.test(`${value}`) ? `"${`${value}`.replaceAll('"', '""')}"` : value;

/**
 * Saves a text as a file of the person at the browser.
 *
 * @param {string} name
 * @param {string} type Content type.
 * @param {string} content
 */
export const saveText = (name, type, content) => {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
};
