/**
 * What people do at a map. Each action changes the view, and has drawn what
 * follows from it.
 *
 * @module
 */
import { panned, showing, wholeMap, zoomed } from "./map_camera.js";
import { nearestPoint, pointsInside, pointTowards } from "./map_points.js";
import {
  listedAtOnce,
  lookedAt,
  onMap,
  pointRadius,
  shownGrouping,
} from "./map_view.js";
import { pointWords } from "./map_words.js";
import { count } from "./words.js";
/** @import { Camera } from "./map_camera.js" */
/** @import { MapGrouping } from "./map_data.js" */
/** @import { MapGestures, Place } from "./map_gestures.js" */
/** @import { MapKeys } from "./map_keys.js" */
/** @import { MapChoices, MapView } from "./map_view.js" */

/**
 * What shows a view.
 *
 * @typedef {object} MapScreen
 * @property {() => void} redraw The camera or the lasso has changed.
 * @property {() => void} repaint Colours have changed.
 * @property {() => void} tip The point that is looked at has changed.
 * @property {() => void} all Choices have changed.
 * @property {(words: string, seen?: boolean) => void} say Speaks, and shows
 * what it says unless told not to.
 */

/**
 * @typedef {object} OtherActions
 * @property {(change: Partial<MapChoices>) => void} choose Changes choices.
 * @property {(group: number | undefined) => void} point Makes a group bright
 * while it is pointed at.
 * @property {(grouping: MapGrouping, id: number) => void} selectGroup Selects
 * the images of a group.
 * @property {() => void} close Closes the details.
 */

/** @typedef {MapGestures & MapKeys & OtherActions} MapActions */

/**
 * @param {MapView} view
 * @param {MapScreen} screen
 * @returns {MapActions}
 */
export const mapActions = (view, screen) => {
  const { data, choices } = view;
  const look = (/** @type {Camera} */ camera) => {
    view.camera = camera;
    screen.redraw();
  };
  const marked = (/** @type {readonly number[] | undefined} */ points) => {
    if (points === undefined) return undefined;
    const marks = new Uint8Array(data.points);
    for (const point of points) marks[point] = 1;
    return marks;
  };
  /** @type {MapActions["choose"]} */
  const choose = (change) => {
    Object.assign(choices, change);
    if ("selection" in change) view.selected = marked(change.selection);
    view.pointed = undefined;
    screen.all();
  };
  const near = (/** @type {Place} */ place, /** @type {number} */ reach) =>
    nearestPoint(data, ...onMap(view, place), reach / view.camera.scale);

  const select = (/** @type {readonly number[]} */ points) => {
    const none = points.length === 0;
    choose({ selection: none ? undefined : points, listed: listedAtOnce });
    if (none) screen.say("No image is selected.");
    else screen.say(`${count(points.length, "image")} selected.`, false);
  };
  const selectLine = (/** @type {readonly Place[]} */ line) =>
    select(pointsInside(data, line.map((place) => onMap(view, place))));
  /** @type {MapActions["selectGroup"]} */
  const selectGroup = ({ of }, id) =>
    select(Array.from(of.keys()).filter((point) => of[point] === id));

  const open = (/** @type {number | undefined} */ point) => {
    choose({ opened: point });
    if (point === undefined) return;
    screen.say("The image is shown in detail beside the map.", false);
  };
  /** @type {MapActions["step"]} */
  const step = (direction) => {
    const { width, height } = view.camera;
    const to = view.focused === undefined
      ? near([width / 2, height / 2], Infinity)
      : pointTowards(data, view.focused, direction);
    if (to === undefined) return screen.say("No image lies further that way.");
    view.focused = to;
    view.hovered = undefined;
    look(showing(view.camera, data.x[to] ?? 0, data.y[to] ?? 0));
    const words = pointWords(data, to, choices.epoch);
    screen.say(`${data.about.paths[to]}. ${words}.`, false);
    screen.tip();
  };
  const back = () => {
    if (choices.opened !== undefined) open(undefined);
    else if (choices.selection !== undefined) select([]);
    else if (choices.highlight !== undefined) choose({ highlight: undefined });
    else if (view.focused === undefined) return false;
    else view.focused = undefined;
    screen.tip();
    return true;
  };

  return {
    choose,
    step,
    back,
    selectGroup,
    close: () => open(undefined),
    open: () => open(lookedAt(view)),
    point: (group) => {
      view.pointed = group;
      screen.repaint();
    },
    whole: () => look(wholeMap(view.camera)),
    pan: (dx, dy) => look(panned(view.camera, dx, dy)),
    shift: ([right, down]) => {
      const by = Math.min(view.camera.width, view.camera.height) / 5;
      look(panned(view.camera, -right * by, -down * by));
    },
    zoom: (factor, place) => {
      const { width, height } = view.camera;
      const [x, y] = place ?? [width / 2, height / 2];
      look(zoomed(view.camera, factor, x, y));
    },
    hover: (place) => {
      const point = place && near(place, pointRadius(view) + 8);
      if (point === view.hovered) return;
      view.hovered = point;
      screen.tip();
    },
    click: (place) => {
      view.focused = near(place, 20);
      open(view.focused);
    },
    draws: () => choices.lasso,
    lasso: (line) => {
      view.lasso = line;
      screen.redraw();
    },
    lassoed: (line) => {
      view.lasso = [];
      if (line === undefined) screen.redraw();
      else selectLine(line);
    },
    selectView: () => {
      const { width, height } = view.camera;
      selectLine([[0, 0], [width, 0], [width, height], [0, height]]);
    },
    selectCluster: () => {
      const grouping = shownGrouping(view);
      const point = lookedAt(view);
      if (point !== undefined) selectGroup(grouping, grouping.of[point] ?? -1);
    },
  };
};
