/**
 * Level of detail: which points are drawn as thumbnails at which zoom, so that
 * no two overlap and none vanishes while the map is enlarged or moved.
 *
 * @module
 */
/** @import { MapData } from "./map_data.js" */

/** Levels double the scale every second time, up to the largest zoom. */
const levelCount = 15;

/** Thumbnails begin where this fraction of them has room. */
const enough = 0.05;

/**
 * @typedef {object} Detail
 * @property {Uint8Array} levels From which level on a point has room.
 * @property {number} first Level at which thumbnails begin.
 */

/**
 * Finds out from which level on each point has room for its thumbnail.
 *
 * A point that has room at one scale has it at every larger one, so each level
 * keeps the points of the level before and adds others, in an order that is
 * like a shuffled one and always the same.
 *
 * @param {Pick<MapData, "x" | "y" | "squares">} points
 * @param {number} scale Side of the whole map, in pixels.
 * @param {number} side Of a thumbnail, with the gap around it.
 * @returns {Detail}
 */
export const detailOf = ({ x, y, squares }, scale, side) => {
  const levels = new Uint8Array(x.length).fill(levelCount);
  let waiting = Array.from(x.keys())
    .filter((i) => (squares?.[i] ?? -1) >= 0)
    .sort((a, b) => shuffled(a) - shuffled(b));
  const needed = Math.max(1, enough * waiting.length);
  /** @type {number[]} */
  const placed = [];
  let first = levelCount;
  for (let level = 0; level < levelCount; level++) {
    const place = placesOn({ x, y }, scale * 2 ** (level / 2) / side);
    placed.forEach(place);
    waiting = waiting.filter((i) => {
      if (!place(i)) return true;
      levels[i] = level;
      placed.push(i);
      return false;
    });
    if (placed.length >= needed) first = Math.min(first, level);
  }
  return { levels, first };
};

/**
 * A grid whose cells have the size of a thumbnail: at most one lies in a cell,
 * and only those of the cells around it can overlap it.
 *
 * @param {Pick<MapData, "x" | "y">} points
 * @param {number} cells In a row of the grid.
 * @returns {(point: number) => boolean} Places a point if there is room.
 */
const placesOn = ({ x, y }, cells) => {
  const columns = Math.ceil(cells) + 3;
  /** @type {Map<number, number>} */
  const taken = new Map();
  const overlap = (/** @type {number} */ one, /** @type {number} */ other) =>
    Math.max(
          Math.abs((x[one] ?? 0) - (x[other] ?? 0)),
          Math.abs((y[one] ?? 0) - (y[other] ?? 0)),
        ) * cells < 1;
  return (point) => {
    const cell = (Math.floor((y[point] ?? 0) * cells) + 1) * columns +
      Math.floor((x[point] ?? 0) * cells) + 1;
    for (const row of [cell - columns, cell, cell + columns]) {
      for (const near of [row - 1, row, row + 1]) {
        const other = taken.get(near);
        if (other !== undefined && overlap(point, other)) return false;
      }
    }
    taken.set(cell, point);
    return true;
  };
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
