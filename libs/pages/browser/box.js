/**
 * Boxes in a picture, in its own pixels: drawn, moved and resized within its
 * borders.
 *
 * @module
 */
/** @import { PixelBox } from "../api_types.ts" */

/** @typedef {{ readonly width: number, readonly height: number }} Size */
/** @typedef {readonly [number, number]} Point */
/** @typedef {"move" | "draw" | Point} Grip Where a box is held: at its inside,
 * not at all, or at the corner opposite the point given. */

/** Smallest side of a box that is searched by, in pixels. */
export const minSide = 4;

/**
 * The box with two opposite corners, cut at the picture's borders, in whole
 * pixels.
 *
 * @param {Point} a
 * @param {Point} b
 * @param {Size} size
 * @returns {PixelBox}
 */
export const boxBetween = ([ax, ay], [bx, by], { width, height }) => {
  const cut = (/** @type {number} */ value, /** @type {number} */ end) =>
    Math.round(Math.min(Math.max(value, 0), end));
  const [left, right] = [
    cut(Math.min(ax, bx), width),
    cut(Math.max(ax, bx), width),
  ];
  const [top, bottom] = [
    cut(Math.min(ay, by), height),
    cut(Math.max(ay, by), height),
  ];
  return [left, top, right - left, bottom - top];
};

/**
 * Moves a box as far as the borders allow.
 *
 * @param {PixelBox} box
 * @param {Point} by
 * @param {Size} size
 * @returns {PixelBox}
 */
export const moveBox = ([x, y, w, h], [dx, dy], { width, height }) => [
  Math.round(Math.min(Math.max(x + dx, 0), width - w)),
  Math.round(Math.min(Math.max(y + dy, 0), height - h)),
  w,
  h,
];

/**
 * Moves the right and lower edge of a box.
 *
 * @param {PixelBox} box
 * @param {Point} by
 * @param {Size} size
 * @returns {PixelBox}
 */
export const resizeBox = ([x, y, w, h], [dx, dy], { width, height }) => [
  x,
  y,
  Math.round(Math.min(Math.max(w + dx, minSide), width - x)),
  Math.round(Math.min(Math.max(h + dy, minSide), height - y)),
];

/**
 * The box in the middle, of half the picture's width and height.
 *
 * @param {Size} size
 * @returns {PixelBox}
 */
export const middleBox = ({ width, height }) =>
  boxBetween([width / 4, height / 4], [3 * width / 4, 3 * height / 4], {
    width,
    height,
  });

/**
 * Whether a box is large enough to be searched by.
 *
 * @param {PixelBox} box
 * @returns {boolean}
 */
export const isLarge = ([, , w, h]) => w >= minSide && h >= minSide;

/**
 * Finds where a point holds a box.
 *
 * @param {PixelBox | undefined} box
 * @param {Point} point
 * @param {number} reach How near a corner counts as held.
 * @returns {Grip}
 */
export const gripAt = (box, [px, py], reach) => {
  if (box === undefined) return "draw";
  const [x, y, w, h] = box;
  for (const cornerX of [x, x + w]) {
    for (const cornerY of [y, y + h]) {
      if (Math.abs(px - cornerX) <= reach && Math.abs(py - cornerY) <= reach) {
        return [2 * x + w - cornerX, 2 * y + h - cornerY];
      }
    }
  }
  const inside = px > x && px < x + w && py > y && py < y + h;
  return inside ? "move" : "draw";
};

/**
 * A box in words.
 *
 * @param {PixelBox} box
 * @returns {string}
 */
export const boxWords = ([x, y, w, h]) =>
  `${w} × ${h} pixels, ${x} from the left, ${y} from the top`;
