/**
 * A point of a map in words.
 *
 * @module
 */
/** @import { MapData } from "./map_data.js" */

/**
 * The cluster of a point, and its label where it has one.
 *
 * @param {MapData} data
 * @param {number} point
 * @param {number} epoch Rank of the epoch whose cluster is named.
 * @returns {string}
 */
export const pointWords = (data, point, epoch) => {
  const label = labelOfPoint(data, point);
  const cluster = `Cluster ${data.clustersOf(epoch).of[point]}`;
  return label === undefined ? cluster : `${cluster}, ${label}`;
};

/**
 * The label of a point.
 *
 * @param {MapData} data
 * @param {number} point
 * @returns {string | undefined}
 */
export const labelOfPoint = ({ about, labels }, point) =>
  about.labels?.names[labels?.of[point] ?? -1];
