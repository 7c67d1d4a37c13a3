/**
 * What is said beside the point of a map that is looked at.
 *
 * @module
 */
import { render } from "./lit-html.js";
import { mapTip } from "./map_details.js";
import { onStage } from "./map_view.js";
/** @import { MapView } from "./map_view.js" */

/**
 * Writes it.
 *
 * @param {HTMLElement} tip
 * @param {MapView} view
 */
export const writeTip = (tip, view) => {
  const { data, choices } = view;
  const point = tippedPoint(view);
  tip.hidden = point === undefined;
  if (point === undefined) return;
  render(mapTip(data, point, choices.epoch), tip);
};

/**
 * Puts it beside its point, where there is room.
 *
 * @param {HTMLElement} tip
 * @param {MapView} view
 */
export const placeTip = (tip, view) => {
  const point = tippedPoint(view);
  if (tip.hidden || point === undefined) return;
  const { width, height } = view.camera;
  const [x, y] = onStage(view, point);
  const { offsetWidth, offsetHeight } = tip;
  const right = x + 16 + offsetWidth <= width;
  const left = right ? x + 16 : Math.max(0, x - 16 - offsetWidth);
  const lowest = height - offsetHeight;
  const top = Math.max(0, Math.min(lowest, y - offsetHeight / 2));
  tip.style.transform = `translate(${Math.round(left)}px, ${
    Math.round(top)
  }px)`;
};

/**
 * The point that is told of: not one that is shown in detail anyway.
 *
 * @param {MapView} view
 * @returns {number | undefined}
 */
const tippedPoint = ({ hovered, focused, choices }) => {
  const point = hovered ?? focused;
  return point === choices.opened ? undefined : point;
};
