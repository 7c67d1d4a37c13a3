/**
 * Which colour each cluster or class has: one of twelve, so that groups that lie
 * side by side differ. The colours themselves are in `map.css`, for both themes.
 *
 * @module
 */
/** @import { MapData, MapGrouping } from "./map_data.js" */

/** Colours of groups; one more stands for points of no group. */
export const mapColours = 12;

/**
 * @typedef {object} GroupColours
 * @property {Uint8Array} ofGroups Colour of each group by its rank.
 * @property {Uint8Array} ofPoints Colour of each point.
 */

/**
 * Colours the clusters of every epoch, and the classes.
 *
 * The same map gets the same colours. A cluster of an earlier epoch takes the
 * colour that most of its images have in the next one, unless a neighbour has
 * it: so the colours stay where they are while the epochs change.
 *
 * @param {MapData} data
 * @returns {{ epochs: readonly GroupColours[], labels: GroupColours | undefined }}
 */
export const coloursOfMap = ({ epochs, labels }) => {
  /** @type {GroupColours[]} */
  const ofEpochs = [];
  for (const grouping of epochs.toReversed()) {
    ofEpochs.unshift(colourGrouping(grouping, ofEpochs[0]?.ofPoints));
  }
  return { epochs: ofEpochs, labels: labels && colourGrouping(labels) };
};

/**
 * @param {MapGrouping} grouping
 * @param {Uint8Array} [wished] Colours that the points would best keep.
 * @returns {GroupColours}
 */
const colourGrouping = ({ of, groups, rankOf }, wished) => {
  const wishes = wished && mostCommonColours({ of, groups, rankOf }, wished);
  const cells = Math.max(1, Math.ceil(Math.sqrt(groups.length / 2)));
  const cellOf = (/** @type {number} */ value) =>
    Math.min(cells - 1, Math.floor(value * cells));
  /** @type {Map<number, number[]>} */
  const coloured = new Map();
  const ofGroups = new Uint8Array(groups.length);
  groups.forEach((group, rank) => {
    const column = cellOf(group.x);
    const row = cellOf(group.y);
    const costs = new Float64Array(mapColours);
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) {
        if (column + dx < 0 || column + dx >= cells) continue;
        const others = coloured.get((row + dy) * cells + column + dx) ?? [];
        for (const other of others) {
          const { x, y } = /** @type {typeof group} */ (groups[other]);
          const distance = (Math.hypot(x - group.x, y - group.y)) * cells;
          // With few groups, no colour is taken twice however far they are.
          const weight = groups.length <= mapColours
            ? 1
            : 1 / (0.1 + distance * distance);
          addCosts(costs, ofGroups[other] ?? 0, weight);
        }
      }
    }
    const wish = wishes?.[rank];
    if (wish !== undefined && wish < mapColours) {
      costs[wish] = (costs[wish] ?? 0) / 4 - 0.01;
    }
    // Equal costs, as of the first group, are decided by the number.
    const first = (group.id * 5) % mapColours;
    let best = first;
    for (let step = 1; step < mapColours; step++) {
      const colour = (first + 5 * step) % mapColours;
      if ((costs[colour] ?? 0) < (costs[best] ?? 0)) best = colour;
    }
    ofGroups[rank] = best;
    const cell = row * cells + column;
    const those = coloured.get(cell);
    if (those === undefined) coloured.set(cell, [rank]);
    else those.push(rank);
  });
  const ofPoints = Uint8Array.from(of, (id) => {
    const rank = rankOf.get(id);
    return rank === undefined ? mapColours : ofGroups[rank] ?? mapColours;
  });
  return { ofGroups, ofPoints };
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
 * @param {MapGrouping} grouping
 * @param {Uint8Array} colours Of the points.
 * @returns {number[]} By rank of the group.
 */
const mostCommonColours = ({ of, groups, rankOf }, colours) => {
  const counts = new Uint32Array(groups.length * (mapColours + 1));
  of.forEach((id, point) => {
    const rank = rankOf.get(id);
    if (rank === undefined) return;
    const at = rank * (mapColours + 1) + (colours[point] ?? mapColours);
    counts[at] = (counts[at] ?? 0) + 1;
  });
  return groups.map((_, rank) => {
    const start = rank * (mapColours + 1);
    const those = counts.subarray(start, start + mapColours + 1);
    return those.indexOf(Math.max(...those));
  });
};
