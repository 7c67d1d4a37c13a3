/**
 * Finds points of a map. Each search looks at all of them: 100 000 take a
 * fraction of a millisecond.
 *
 * @module
 */
/** @import { MapData } from "./map_data.js" */

/** @typedef {Pick<MapData, "x" | "y">} Plane */

/**
 * The point nearest to a place.
 *
 * @param {Plane} plane
 * @param {number} x
 * @param {number} y
 * @param {number} [reach] How far it may be. Default: any distance.
 * @returns {number | undefined}
 */
export const nearestPoint = (plane, x, y, reach = Infinity) => {
  let nearest = reach * reach;
  /** @type {number | undefined} */
  let found;
  for (let i = 0; i < plane.x.length; i++) {
    const dx = (plane.x[i] ?? 0) - x;
    const dy = (plane.y[i] ?? 0) - y;
    const distance = dx * dx + dy * dy;
    if (distance < nearest) {
      nearest = distance;
      found = i;
    }
  }
  return found;
};

/**
 * The point that an arrow key leads to: the nearest of those that lie more in
 * the key's direction than beside it. Of points at the same place, the next
 * ones come first.
 *
 * @param {Plane} plane
 * @param {number} from The point to leave.
 * @param {readonly [number, number]} direction A unit along one axis.
 * @returns {number | undefined}
 */
export const pointTowards = (plane, from, [right, down]) => {
  const [x, y] = [plane.x[from] ?? 0, plane.y[from] ?? 0];
  const onwards = right + down > 0;
  let nearest = Infinity;
  /** @type {number | undefined} */
  let found;
  for (let i = 0; i < plane.x.length; i++) {
    const dx = (plane.x[i] ?? 0) - x;
    const dy = (plane.y[i] ?? 0) - y;
    const along = dx * right + dy * down;
    const beside = Math.abs(dx * down + dy * right);
    const same = along === 0 && beside === 0;
    if (same ? onwards !== i > from || i === from : along <= beside) continue;
    // Coincident points are walked by their rank, before any other point.
    const distance = same
      ? -1 / (1 + Math.abs(i - from))
      : along * along + 4 * beside * beside;
    if (distance < nearest) {
      nearest = distance;
      found = i;
    }
  }
  return found;
};

/**
 * The points inside a closed line.
 *
 * @param {Plane} plane
 * @param {readonly (readonly [number, number])[]} line Its corners.
 * @returns {number[]} Ascending.
 */
export const pointsInside = (plane, line) => {
  const xs = line.map(([x]) => x);
  const ys = line.map(([, y]) => y);
  const left = Math.min(...xs);
  const right = Math.max(...xs);
  const top = Math.min(...ys);
  const bottom = Math.max(...ys);
  /** @type {number[]} */
  const found = [];
  for (let i = 0; i < plane.x.length; i++) {
    const [x, y] = [plane.x[i] ?? 0, plane.y[i] ?? 0];
    const near = x >= left && x <= right && y >= top && y <= bottom;
    if (near && isInside(line, x, y)) found.push(i);
  }
  return found;
};

/**
 * @param {readonly (readonly [number, number])[]} line
 * @param {number} x
 * @param {number} y
 */
const isInside = (line, x, y) => {
  let inside = false;
  let [lastX, lastY] = line.at(-1) ?? [0, 0];
  for (const [nextX, nextY] of line) {
    const crosses = (nextY > y) !== (lastY > y) &&
      x < (lastX - nextX) * (y - nextY) / (lastY - nextY) + nextX;
    if (crosses) inside = !inside;
    [lastX, lastY] = [nextX, nextY];
  }
  return inside;
};
