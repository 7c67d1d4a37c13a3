/**
 * Which colour each cluster or class has: one of twelve, so that groups that lie
 * side by side differ. The colours themselves are in `map.css`, for both themes.
 *
 * @module
 */
import { remembered } from "./map_data.js";
/** @import { MapData, MapGroup, MapGrouping } from "./map_data.js" */

/** Colours of groups; one more stands for points of no group. */
export const mapColours = 12;

/**
 * @typedef {object} GroupColours
 * @property {Uint8Array} ofGroups Colour of each group by its rank.
 * @property {Uint8Array} ofPoints Colour of each point.
 */

/**
 * Colours of a map.
 *
 * @typedef {object} MapColours
 * @property {(epoch: number) => GroupColours} clustersOf Of the clusters, by
 * the rank of their epoch.
 * @property {GroupColours | undefined} labels Of the classes.
 */

/**
 * Colours the clusters of every epoch, and the classes.
 *
 * The same map gets the same colours. A cluster of an earlier epoch takes the
 * colour that most of its images have in the next one, unless a neighbour has
 * it: so the colours stay where they are while the epochs change.
 *
 * @param {MapData} data
 * @returns {MapColours}
 */
export const coloursOfMap = ({ about, clustersOf, labels }) => {
  /** @type {MapColours["clustersOf"]} */
  const coloursOf = remembered((epoch) =>
    colourGrouping(
      clustersOf(epoch),
      epoch + 1 < about.epochs.length
        ? coloursOf(epoch + 1).ofPoints
        : undefined,
    )
  );
  return { clustersOf: coloursOf, labels: labels && colourGrouping(labels) };
};

/** A colour of the next epoch is kept where its weight near by is less. */
const tooNear = 0.9;

/**
 * @param {MapGrouping} grouping
 * @param {Uint8Array} [wished] Colours that the points would best keep.
 * @returns {GroupColours}
 */
const colourGrouping = ({ groups, ranks }, wished) => {
  const wishes = wished && mostCommonColours(groups.length, ranks, wished);
  const neighbours = neighboursBefore(groups);
  const ofGroups = new Uint8Array(groups.length);
  groups.forEach((group, rank) => {
    const costs = new Float64Array(mapColours);
    const nearest = new Float64Array(mapColours);
    for (const [other, distance] of neighbours(rank)) {
      const colour = ofGroups[other] ?? 0;
      // With few groups, no colour is taken twice however far they are.
      const few = groups.length <= mapColours;
      const weight = few ? 1 : 1 / (0.1 + distance * distance);
      nearest[colour] = Math.max(nearest[colour] ?? 0, weight);
      addCosts(costs, colour, weight);
    }
    const wish = wishes?.[rank] ?? mapColours;
    ofGroups[rank] = (nearest[wish] ?? tooNear) < tooNear
      ? wish
      : cheapest(costs, group.id);
  });
  const ofPoints = Uint8Array.from(
    ranks,
    (rank) => rank < 0 ? mapColours : ofGroups[rank] ?? mapColours,
  );
  return { ofGroups, ofPoints };
};

/**
 * Finds, for one group after the other, those before it that lie near.
 *
 * @param {readonly MapGroup[]} groups
 * @returns {(rank: number) => (readonly [number, number])[]} Ranks and
 * distances; 1 is how far groups lie apart when they are spread evenly.
 */
const neighboursBefore = (groups) => {
  const cells = Math.max(1, Math.ceil(Math.sqrt(groups.length / 2)));
  const cellOf = (/** @type {number} */ value) =>
    Math.min(cells - 1, Math.floor(value * cells));
  /** @type {number[][]} */
  const before = Array.from({ length: cells * cells }, () => []);
  return (rank) => {
    const { x, y } = /** @type {MapGroup} */ (groups[rank]);
    const [column, row] = [cellOf(x), cellOf(y)];
    /** @type {(readonly [number, number])[]} */
    const found = [];
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) {
        if (column + dx < 0 || column + dx >= cells) continue;
        for (const other of before[(row + dy) * cells + column + dx] ?? []) {
          const group = /** @type {MapGroup} */ (groups[other]);
          const distance = Math.hypot(group.x - x, group.y - y) * cells;
          found.push([other, distance]);
        }
      }
    }
    before[row * cells + column]?.push(rank);
    return found;
  };
};

/**
 * The colour of the lowest cost. Equal costs, as of the first group, are
 * decided by the number of the group.
 *
 * @param {Float64Array} costs
 * @param {number} id
 */
const cheapest = (costs, id) => {
  let best = (5 * id) % mapColours;
  for (let step = 1; step < mapColours; step++) {
    const colour = (5 * (id + step)) % mapColours;
    if ((costs[colour] ?? 0) < (costs[best] ?? 0)) best = colour;
  }
  return best;
};

/**
 * Adds what a colour near by costs: the same colour most, the next hues a
 * little.
 *
 * @param {Float64Array} costs
 * @param {number} taken
 * @param {number} weight
 */
const addCosts = (costs, taken, weight) => {
  for (let colour = 0; colour < mapColours; colour++) {
    const apart = Math.abs(colour - taken);
    const hues = Math.min(apart, mapColours - apart);
    const cost = hues === 0 ? 100 : 1 / hues;
    costs[colour] = (costs[colour] ?? 0) + weight * cost;
  }
};

/**
 * @param {number} groups
 * @param {Int32Array} ranks Group of each point.
 * @param {Uint8Array} colours Of the points.
 * @returns {number[]} Of each group.
 */
const mostCommonColours = (groups, ranks, colours) => {
  const counts = new Uint32Array(groups * (mapColours + 1));
  ranks.forEach((rank, point) => {
    if (rank < 0) return;
    const at = rank * (mapColours + 1) + (colours[point] ?? mapColours);
    counts[at] = (counts[at] ?? 0) + 1;
  });
  return Array.from({ length: groups }, (_, rank) => {
    const start = rank * (mapColours + 1);
    const those = counts.subarray(start, start + mapColours + 1);
    return those.indexOf(Math.max(...those));
  });
};
