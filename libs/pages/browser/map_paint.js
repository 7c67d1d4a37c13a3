/**
 * The colours of a map's points, out of the theme of its page.
 *
 * @module
 */
import { mapColours } from "./map_colours.js";
/** @import { Paint } from "./map_webgl.js" */

/**
 * @typedef {object} MapTheme
 * @property {readonly (readonly [number, number, number])[]} colours Of the
 * groups, and one more for points of no group.
 * @property {readonly [number, number, number]} ground
 * @property {string} text
 * @property {string} accent
 */

/** Opacity of a point, 0 to 255, and of one that steps back. */
const clear = 225;
const faint = 30;

/**
 * Reads the colours that the style sheet gives an element now.
 *
 * @param {Element} element
 * @returns {MapTheme}
 */
export const readTheme = (element) => {
  const probe = document.createElement("span");
  element.append(probe);
  const colour = (/** @type {string} */ name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const theme = {
    colours: Array.from(
      { length: mapColours + 1 },
      (_, i) => numbersOf(colour(`map-${i}`)),
    ),
    ground: numbersOf(colour("raised")),
    text: colour("text"),
    accent: colour("accent"),
  };
  probe.remove();
  return theme;
};

/**
 * @param {string} colour `rgb(1, 2, 3)`
 * @returns {readonly [number, number, number]}
 */
const numbersOf = (colour) => {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? [])
    .map(Number);
  return [red, green, blue];
};

/**
 * Paints the points.
 *
 * @param {Uint8Array} colours Colour of each point.
 * @param {MapTheme} theme
 * @param {(point: number) => boolean} isFaint
 * @returns {Paint} Faint points lie below; otherwise the order is like a
 * shuffled one, so that no cluster covers all the others.
 */
export const paintOf = (colours, theme, isFaint) => {
  const rgba = new Uint8Array(4 * colours.length);
  const order = mixedOrder(colours.length);
  /** @type {number[]} */
  const below = [];
  /** @type {number[]} */
  const above = [];
  for (const point of order) {
    const [red, green, blue] = theme.colours[colours[point] ?? mapColours] ??
      theme.ground;
    const steppedBack = isFaint(point);
    rgba.set([red, green, blue, steppedBack ? faint : clear], 4 * point);
    (steppedBack ? below : above).push(point);
  }
  return {
    colours: rgba,
    order: Uint32Array.from([...below, ...above]),
    ground: theme.ground,
  };
};

/**
 * Every rank once: steps of about 0.618 n, which have no common divisor with n.
 *
 * @param {number} n
 * @returns {number[]}
 */
const mixedOrder = (n) => {
  const divisor = (/** @type {number} */ a, /** @type {number} */ b) => {
    while (b > 0) [a, b] = [b, a % b];
    return a;
  };
  let step = Math.max(1, Math.round(0.618 * n));
  while (divisor(step, n) > 1) step++;
  return Array.from({ length: n }, (_, i) => (i * step) % n);
};
