/**
 * The map of the features: points to look at, to read, and to select.
 *
 * @module
 */
import { nothing, render } from "./lit-html.js";
import { mapActions } from "./map_actions.js";
import { resized, wholeMap } from "./map_camera.js";
import { decodeMap } from "./map_data.js";
import { mapDetails } from "./map_details.js";
import { mapFrame } from "./map_frame.js";
import { listenToGestures } from "./map_gestures.js";
import { listenToMapKeys } from "./map_keys.js";
import { mapLegend } from "./map_legend.js";
import { drawOverlay } from "./map_overlay.js";
import { paintOf, readTheme } from "./map_paint.js";
import { mapSelection } from "./map_selection.js";
import { drawSquares, mapSprites } from "./map_sprites.js";
import { mapStage } from "./map_stage.js";
import { placeTip, writeTip } from "./map_tip.js";
import { mapTools } from "./map_tools.js";
import {
  faintness,
  newMapView,
  overlayOf,
  pointRadius,
  shownColours,
} from "./map_view.js";
/** @import { EncodedMap } from "../encoded_map.ts" */
/** @import { MapActions, MapScreen } from "./map_actions.js" */
/** @import { MapFrame } from "./map_frame.js" */
/** @import { MapView } from "./map_view.js" */

/**
 * Shows a map.
 *
 * @param {HTMLElement} element Where. A picture of the map in it, of class
 * `map-picture`, is hidden and still printed.
 * @param {EncodedMap} encoded
 * @returns {{ destroy: () => void }} Takes the map away again.
 */
export const mountMap = (element, encoded) => {
  const ending = new AbortController();
  const { signal } = ending;
  const data = decodeMap(encoded);
  const frame = mapFrame(element, data.points, {
    zoom: (factor) => actions.zoom(factor),
    whole: () => actions.whole(),
  });
  const view = newMapView(data, readTheme(frame.root));
  const squareOf = mapSprites(data, () => {
    drawSquares(frame.root, squareOf);
    stage.redraw();
  });
  const stage = mapStage(frame.stage, data, {
    paint: () =>
      paintOf(shownColours(view).ofPoints, view.theme, faintness(view)),
    view: () => ({ camera: view.camera, radius: pointRadius(view) }),
    resized: (width, height) => {
      view.camera = view.camera.width === 0
        ? wholeMap({ width, height, map: data })
        : resized(view.camera, width, height);
    },
    over: (canvas) => {
      drawOverlay(canvas, data, overlayOf(view, squareOf));
      placeTip(frame.tip, view);
    },
  });
  /** @type {MapScreen} */
  const screen = {
    redraw: stage.redraw,
    repaint: stage.repaint,
    tip: () => {
      writeTip(frame.tip, view);
      drawSquares(frame.tip, squareOf);
      stage.redraw();
    },
    all: () => {
      renderParts(frame, view, actions, screen);
      drawSquares(frame.root, squareOf);
      stage.repaint();
    },
    say: (words, seen = true) => {
      frame.status.textContent = words;
      frame.status.classList.toggle("unseen", !seen);
    },
  };
  const actions = mapActions(view, screen);
  listenToGestures(frame.stage, actions, signal);
  listenToMapKeys(frame.stage, actions, signal);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    view.theme = readTheme(frame.root);
    stage.repaint();
  }, { signal });
  screen.all();
  return {
    destroy: () => {
      ending.abort();
      stage.destroy();
      frame.root.remove();
      element.classList.remove("mounted");
    },
  };
};

/**
 * @param {MapFrame} frame
 * @param {MapView} view
 * @param {MapActions} actions
 * @param {MapScreen} screen
 */
const renderParts = (frame, view, actions, { say }) => {
  const { data, choices } = view;
  const { opened, selection } = choices;
  render(mapTools(view, actions), frame.tools);
  render(mapLegend(view, actions), frame.legend);
  // The focus would be lost with the button that closes them.
  const closing = opened === undefined &&
    frame.details.contains(document.activeElement);
  render(
    opened === undefined ? nothing : mapDetails(data, opened, actions),
    frame.details,
  );
  frame.details.hidden = opened === undefined;
  if (closing) frame.stage.focus();
  render(mapSelection(data, choices, actions.choose, say), frame.selection);
  frame.selection.hidden = selection === undefined;
  frame.stage.classList.toggle("draws", choices.lasso);
  writeTip(frame.tip, view);
};
