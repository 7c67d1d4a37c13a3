/**
 * What a map shows at the moment, and what follows from it for the picture.
 *
 * @module
 */
import { wholeMap, zoomOf } from "./map_camera.js";
import { coloursOfMap } from "./map_colours.js";
import { detailOf, levelOfZoom } from "./map_detail.js";
/** @import { Camera } from "./map_camera.js" */
/** @import { GroupColours, MapColours } from "./map_colours.js" */
/** @import { MapData, MapGrouping } from "./map_data.js" */
/** @import { Detail } from "./map_detail.js" */
/** @import { Place } from "./map_gestures.js" */
/** @import { Overlay } from "./map_overlay.js" */
/** @import { MapTheme } from "./map_paint.js" */
/** @import { Square } from "./map_sprites.js" */

/** Entries of the legend that are shown at first. */
export const entriesAtOnce = 60;

/** Images of a selection that are shown at first. */
export const listedAtOnce = 60;

/**
 * What the person at the map has chosen.
 *
 * @typedef {object} MapChoices
 * @property {"cluster" | "label"} by What the colours tell.
 * @property {number} epoch Rank of the epoch among the map's.
 * @property {boolean} thumbnails
 * @property {boolean} names Whether groups are written on the map.
 * @property {boolean} lasso Whether dragging draws a lasso.
 * @property {number | undefined} highlight The group that alone is bright.
 * @property {string} search What the legend is searched for.
 * @property {number} entries How many entries of the legend are shown.
 * @property {number | undefined} opened The point that is shown in detail.
 * @property {readonly number[] | undefined} selection Points.
 * @property {number} listed How many of them are shown.
 */

/**
 * @typedef {object} MapView
 * @property {MapData} data
 * @property {MapColours} colours
 * @property {MapChoices} choices
 * @property {MapTheme} theme
 * @property {Camera} camera
 * @property {number | undefined} hovered The point under the mouse.
 * @property {number | undefined} focused The point that the keys went to.
 * @property {number | undefined} pointed The group that the mouse points at in
 * the legend.
 * @property {readonly Place[]} lasso The line that is being drawn.
 * @property {Uint8Array | undefined} selected 1 for each selected point.
 * @property {Detail & { readonly for: string } | undefined} detail
 */

/**
 * What a map shows at first: all of it, by its newest clusters.
 *
 * @param {MapData} data
 * @param {MapTheme} theme
 * @returns {MapView}
 */
export const newMapView = (data, theme) => ({
  data,
  theme,
  colours: coloursOfMap(data),
  choices: {
    by: "cluster",
    epoch: data.about.epochs.length - 1,
    thumbnails: true,
    names: true,
    lasso: false,
    highlight: undefined,
    search: "",
    entries: entriesAtOnce,
    opened: undefined,
    selection: undefined,
    listed: listedAtOnce,
  },
  camera: wholeMap({ width: 0, height: 0, map: data }),
  hovered: undefined,
  focused: undefined,
  pointed: undefined,
  lasso: [],
  selected: undefined,
  detail: undefined,
});

/**
 * The groups that the colours tell.
 *
 * @param {MapView} view
 * @returns {MapGrouping}
 */
export const shownGrouping = ({ choices, data }) => {
  const labels = choices.by === "label" ? data.labels : undefined;
  return labels ?? data.clustersOf(choices.epoch);
};

/**
 * Their colours.
 *
 * @param {MapView} view
 * @returns {GroupColours}
 */
export const shownColours = ({ choices, colours }) => {
  const labels = choices.by === "label" ? colours.labels : undefined;
  return labels ?? colours.clustersOf(choices.epoch);
};

/**
 * Whether a point steps back behind those selected or of a bright group.
 *
 * @param {MapView} view
 * @returns {(point: number) => boolean}
 */
export const faintness = (view) => {
  const { selected } = view;
  const bright = view.pointed ?? view.choices.highlight;
  const { of } = shownGrouping(view);
  return (point) =>
    selected?.[point] === 0 || (bright !== undefined && of[point] !== bright);
};

/**
 * The point that is looked at.
 *
 * @param {MapView} view
 * @returns {number | undefined}
 */
export const lookedAt = ({ hovered, focused, choices }) =>
  hovered ?? focused ?? choices.opened;

/**
 * Radius of the points, in CSS pixels: smaller where there are many.
 *
 * @param {MapView} view
 * @returns {number}
 */
export const pointRadius = ({ camera, data }) => {
  const { scale } = wholeMap(camera);
  const radius = 0.4 * scale / Math.sqrt(data.points);
  return Math.min(
    8,
    Math.min(4, Math.max(1.5, radius)) * zoomOf(camera) ** 0.3,
  );
};

/**
 * A place of the stage on the map.
 *
 * @param {MapView} view
 * @param {Place} place
 * @returns {Place}
 */
export const onMap = ({ camera: { scale, left, top } }, [x, y]) => [
  (x - left) / scale,
  (y - top) / scale,
];

/**
 * A point on the stage.
 *
 * @param {MapView} view
 * @param {number} point
 * @returns {Place}
 */
export const onStage = ({ camera: { scale, left, top }, data }, point) => [
  left + (data.x[point] ?? 0) * scale,
  top + (data.y[point] ?? 0) * scale,
];

/**
 * What lies over the points now.
 *
 * @param {MapView} view
 * @param {(point: number) => Square | undefined} squareOf
 * @returns {Overlay}
 */
export const overlayOf = (view, squareOf) => {
  const { camera, choices, theme } = view;
  const { groups } = shownGrouping(view);
  const { ofPoints } = shownColours(view);
  const bright = view.pointed ?? choices.highlight;
  return {
    camera,
    thumbnails: choices.thumbnails ? thumbnailsSeen(view) : [],
    side: thumbnailSide(camera),
    squareOf,
    colourOf: (point) => `rgb(${theme.colours[ofPoints[point] ?? 0]})`,
    isFaint: faintness(view),
    named: bright === undefined
      ? choices.names ? groups : []
      : groups.filter(({ id }) => id === bright),
    looked: lookedAt(view),
    radius: pointRadius(view),
    lasso: view.lasso,
    theme: { ...theme, ground: `rgb(${theme.ground})` },
  };
};

/** About a thousand of them fill any stage. */
const thumbnailSide = (/** @type {Camera} */ { width, height }) =>
  Math.round(Math.min(64, Math.max(28, Math.sqrt(width * height) / 28)));

/**
 * @param {MapView} view
 * @returns {number[]} Points.
 */
const thumbnailsSeen = (view) => {
  const { camera, data } = view;
  if (data.squares === undefined) return [];
  const { width, height, scale, left, top } = camera;
  const level = levelOfZoom(zoomOf(camera));
  // The whole of a large map is best seen as points, and at once.
  if (level === 0 && data.points > 2000) return [];
  const whole = wholeMap(camera).scale;
  const side = thumbnailSide(camera);
  const key = `${whole} ${side}`;
  if (view.detail?.for !== key) {
    view.detail = { ...detailOf(data, whole, side + 6), for: key };
  }
  const { levels, first } = view.detail;
  /** @type {number[]} */
  const seen = [];
  if (level < first) return seen;
  levels.forEach((from, point) => {
    if (from > level) return;
    const x = left + (data.x[point] ?? 0) * scale;
    const y = top + (data.y[point] ?? 0) * scale;
    const inside = x > -side && x < width + side && y > -side &&
      y < height + side;
    if (inside) seen.push(point);
  });
  return seen;
};
