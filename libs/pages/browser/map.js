/**
 * The map of the features: points to look at, to read, and to select.
 *
 * @module
 */
import { nothing, render } from "./lit-html.js";
import { panned, resized, showing, wholeMap, zoomed } from "./map_camera.js";
import { coloursOfMap } from "./map_colours.js";
import { mapDetails, mapLegend, mapTools, pointWords } from "./map_controls.js";
import { decodeMap } from "./map_data.js";
import { mapFrame } from "./map_frame.js";
import { listenToGestures } from "./map_gestures.js";
import { listenToMapKeys } from "./map_keys.js";
import { drawOverlay } from "./map_overlay.js";
import { paintOf, readTheme } from "./map_paint.js";
import { nearestPoint, pointsInside, pointTowards } from "./map_points.js";
import { listedAtOnce, mapSelection } from "./map_selection.js";
import { drawSquares, mapSprites } from "./map_sprites.js";
import { mapStage } from "./map_stage.js";
import { placeTip, writeTip } from "./map_tip.js";
import {
  faintness,
  lookedAt,
  onMap,
  overlayOf,
  pointRadius,
  shownColours,
  shownGrouping,
} from "./map_view.js";
import { count } from "./words.js";
/** @import { EncodedMap } from "../encoded_map.ts" */
/** @import { Choose } from "./map_controls.js" */
/** @import { MapGrouping } from "./map_data.js" */
/** @import { Place } from "./map_gestures.js" */
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
  const zoom = (/** @type {number} */ factor) => {
    const { width, height } = view.camera;
    look(
      factor === 0
        ? wholeMap(view.camera)
        : zoomed(view.camera, factor, width / 2, height / 2),
    );
  };
  const frame = mapFrame(element, data.points, zoom);
  /** @type {MapView} */
  const view = {
    data,
    colours: coloursOfMap(data),
    choices: {
      by: "cluster",
      epoch: encoded.epochs.length - 1,
      thumbnails: true,
      names: true,
      lasso: false,
      highlight: undefined,
      search: "",
      entries: 60,
      opened: undefined,
      selection: undefined,
      listed: listedAtOnce,
    },
    theme: readTheme(frame.root),
    camera: wholeMap({ width: 0, height: 0, map: data }),
    hovered: undefined,
    focused: undefined,
    pointed: undefined,
    lasso: [],
    selected: undefined,
    detail: undefined,
  };
  const { choices } = view;

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

  const say = (/** @type {string} */ words, shown = true) => {
    frame.status.textContent = words;
    frame.status.classList.toggle("unseen", !shown);
  };
  const look = (/** @type {MapView["camera"]} */ camera) => {
    view.camera = camera;
    stage.redraw();
  };
  /** @type {Choose} */
  const choose = (change) => {
    Object.assign(choices, change);
    if ("selection" in change) {
      const selected = new Uint8Array(data.points);
      for (const point of change.selection ?? []) selected[point] = 1;
      view.selected = change.selection && selected;
    }
    view.pointed = undefined;
    update();
  };
  const select = (/** @type {readonly number[]} */ points) => {
    const none = points.length === 0;
    choose({ selection: none ? undefined : points, listed: listedAtOnce });
    say(
      none
        ? "No image lies there."
        : `${count(points.length, "image")} selected.`,
      none,
    );
  };
  const selectGroup = (
    /** @type {MapGrouping | undefined} */ grouping,
    /** @type {number | undefined} */ id,
  ) => select(membersOf(grouping, id));
  const selectLine = (/** @type {readonly Place[]} */ line) =>
    select(pointsInside(data, line.map((place) => onMap(view, place))));
  const selectView = () => {
    const { width, height } = view.camera;
    selectLine([[0, 0], [width, 0], [width, height], [0, height]]);
  };
  const open = (/** @type {number | undefined} */ point) =>
    choose({ opened: point });

  const update = () => {
    const grouping = shownGrouping(view);
    render(mapTools(data, choices, choose, selectView), frame.tools);
    render(
      mapLegend(grouping, {
        title: grouping === data.labels
          ? "Labels"
          : `Clusters of epoch ${encoded.epochs[choices.epoch]}`,
        colours: shownColours(view).ofGroups,
        choices,
        choose,
        point: (group) => {
          view.pointed = group;
          stage.repaint();
        },
        select: ({ id }) => selectGroup(grouping, id),
      }),
      frame.legend,
    );
    frame.details.hidden = choices.opened === undefined;
    render(
      choices.opened === undefined ? nothing : mapDetails(
        data,
        choices.opened,
        () => {
          open(undefined);
          frame.stage.focus();
        },
        ({ id }) => selectGroup(data.clustersOf(encoded.epochs.length - 1), id),
      ),
      frame.details,
    );
    frame.selection.hidden = choices.selection === undefined;
    render(mapSelection(data, choices, choose, say), frame.selection);
    frame.stage.classList.toggle("draws", choices.lasso);
    writeTip(frame.tip, view);
    drawSquares(frame.root, squareOf);
    stage.repaint();
  };
  const showTip = () => {
    writeTip(frame.tip, view);
    drawSquares(frame.tip, squareOf);
    stage.redraw();
  };
  const near = (/** @type {Place} */ place, /** @type {number} */ reach) =>
    nearestPoint(data, ...onMap(view, place), reach / view.camera.scale);

  listenToGestures(frame.stage, {
    pan: (dx, dy) => look(panned(view.camera, dx, dy)),
    zoom: (factor, x, y) => look(zoomed(view.camera, factor, x, y)),
    hover: (place) => {
      const point = place && near(place, pointRadius(view) + 8);
      if (point === view.hovered) return;
      view.hovered = point;
      showTip();
    },
    click: (place) => {
      view.focused = near(place, 20);
      open(view.focused);
      showTip();
    },
    lasso: (line) => {
      view.lasso = line;
      stage.redraw();
    },
    lassoed: (line) => {
      view.lasso = [];
      if (line === undefined) stage.redraw();
      else selectLine(line);
    },
    draws: () => choices.lasso,
  }, signal);

  const step = (/** @type {readonly [number, number]} */ direction) => {
    const { width, height } = view.camera;
    const from = view.focused;
    const to = from === undefined
      ? near([width / 2, height / 2], Infinity)
      : pointTowards(data, from, direction);
    if (to === undefined) return say("No image lies further that way.");
    view.focused = to;
    view.hovered = undefined;
    look(showing(view.camera, data.x[to] ?? 0, data.y[to] ?? 0));
    say(`${encoded.paths[to]}. ${pointWords(data, to, choices.epoch)}.`);
    showTip();
  };
  listenToMapKeys(frame.stage, {
    step,
    pan: ([right, down]) => {
      const by = Math.min(view.camera.width, view.camera.height) / 5;
      look(panned(view.camera, -right * by, -down * by));
    },
    zoom,
    whole: () => zoom(0),
    open: () => {
      if (lookedAt(view) === undefined) return;
      open(lookedAt(view));
      say("The image is shown in detail beside the map.");
    },
    selectCluster: () => {
      const grouping = shownGrouping(view);
      selectGroup(grouping, grouping.of[lookedAt(view) ?? -1]);
    },
    selectView,
    back: () => {
      if (choices.opened !== undefined) open(undefined);
      else if (choices.selection !== undefined) select([]);
      else if (choices.highlight !== undefined) {
        choose({ highlight: undefined });
      } else if (view.focused === undefined) return false;
      else view.focused = undefined;
      showTip();
      return true;
    },
  }, signal);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    view.theme = readTheme(frame.root);
    stage.repaint();
  }, { signal });
  update();
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
 * @param {MapGrouping | undefined} grouping
 * @param {number | undefined} id
 * @returns {number[]}
 */
const membersOf = (grouping, id) => {
  /** @type {number[]} */
  const points = [];
  grouping?.of.forEach((group, point) => group === id && points.push(point));
  return points;
};
