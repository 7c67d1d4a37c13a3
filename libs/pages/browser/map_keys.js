/**
 * The keys of a map that has the focus.
 *
 * @module
 */

/** @import { MapGestures } from "./map_gestures.js" */

/**
 * What keys do.
 *
 * @typedef {object} MapKeys
 * @property {(direction: readonly [number, number]) => void} step Looks at the
 * next point in a direction.
 * @property {(direction: readonly [number, number]) => void} shift Shows more of
 * a direction.
 * @property {MapGestures["zoom"]} zoom
 * @property {() => void} whole Shows the whole map.
 * @property {() => void} open Shows the point that is looked at in detail.
 * @property {() => void} selectCluster Selects the cluster or class of that
 * point.
 * @property {() => void} selectView Selects all that is seen.
 * @property {() => boolean} back Undoes the last of: the lasso, the details,
 * the selection, the look at a point; false when there is nothing to undo.
 */

/** In the words of the help under the map. */
export const mapKeysHelp =
  "arrow keys go from image to image, Enter shows details, C selects its " +
  "cluster or class, V what is seen; plus and minus zoom, 0 shows the whole " +
  "map, Shift and arrow keys move it; Esc goes back and then leaves.";

/** @type {Readonly<Record<string, readonly [number, number]>>} */
const directions = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * Listens to them.
 *
 * @param {HTMLElement} stage
 * @param {MapKeys} keys
 * @param {AbortSignal} signal Ends it.
 */
export const listenToMapKeys = (stage, keys, signal) => {
  /** @type {Readonly<Record<string, () => void>>} */
  const actions = {
    "+": () => keys.zoom(1.5),
    "=": () => keys.zoom(1.5),
    "-": () => keys.zoom(1 / 1.5),
    "0": keys.whole,
    Enter: keys.open,
    c: keys.selectCluster,
    v: keys.selectView,
  };
  stage.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const direction = directions[event.key];
    const action = actions[event.key];
    if (direction !== undefined) {
      if (event.shiftKey) keys.shift(direction);
      else keys.step(direction);
    } else if (action !== undefined) action();
    else if (event.key === "Escape") {
      if (!keys.back()) stage.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }, { signal });
};
