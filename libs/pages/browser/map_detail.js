/**
 * Level of detail: which points are drawn as thumbnails at which zoom, so that
 * no two overlap and none vanishes while the map is enlarged or moved.
 *
 * @module
 */
/** @import { MapData } from "./map_data.js" */

/** Levels double the scale every second time, up to the largest zoom. */
const levelCount = 15;

/** Thumbnails begin where this fraction of all points has room for one. */
const enough = 0.05;

/**
 * @typedef {object} Detail
 * @property {Uint8Array} levels From which level on a point has room.
 * @property {number} first Level at which thumbnails begin.
 */

/**
 * Finds out from which level on each point has room for a thumbnail.
 *
 * A point that has room at one scale has it at every larger one, so each level
 * keeps the points of the level before and adds others, in an order that is
 * like a shuffled one and always the same.
 *
 * @param {Pick<MapData, "x" | "y">} points
 * @param {number} scale Side of the whole map, in pixels.
 * @param {number} side Of a thumbnail, with the gap around it.
 * @returns {Detail}
 */
export const detailOf = ({ x, y }, scale, side) => {
  const levels = new Uint8Array(x.length).fill(levelCount);
  let waiting = Array.from(x, (_, i) => i)
    .sort((a, b) => shuffled(a) - shuffled(b));
  /** @type {number[]} */
  const placed = [];
  let first = levelCount;
  for (let level = 0; level < levelCount; level++) {
    const cells = scale * 2 ** (level / 2) / side;
    const columns = Math.ceil(cells) + 3;
    /** @type {Map<number, number>} */
    const taken = new Map();
    const cellOf = (/** @type {number} */ i) =>
      (Math.floor((y[i] ?? 0) * cells) + 1) * columns +
      Math.floor((x[i] ?? 0) * cells) + 1;
    const hasRoom = (/** @type {number} */ i) => {
      const cell = cellOf(i);
      for (const row of [cell - columns, cell, cell + columns]) {
        for (const near of [row - 1, row, row + 1]) {
          const other = taken.get(near);
          if (other === undefined) continue;
          const dx = Math.abs((x[i] ?? 0) - (x[other] ?? 0));
          const dy = Math.abs((y[i] ?? 0) - (y[other] ?? 0));
          if (Math.max(dx, dy) * cells < 1) return false;
        }
      }
      return true;
    };
    for (const i of placed) taken.set(cellOf(i), i);
    waiting = waiting.filter((i) => {
      if (!hasRoom(i)) return true;
      taken.set(cellOf(i), i);
      levels[i] = level;
      placed.push(i);
      return false;
    });
    if (placed.length >= enough * x.length) first = Math.min(first, level);
  }
  return { levels, first };
};

/**
 * The level of a zoom.
 *
 * @param {number} zoom 1 for the whole map.
 * @returns {number}
 */
export const levelOfZoom = (zoom) =>
  Math.min(levelCount - 1, Math.floor(2 * Math.log2(zoom) + 1e-9));

/** @param {number} i */
const shuffled = (i) => Math.imul(i + 1, 0x9e3779b1) >>> 0;
