/**
 * What lies over the points of a map: thumbnails, the numbers or names of the
 * groups, the line of the lasso, and a ring round the point that is looked at.
 *
 * @module
 */
/** @import { Camera } from "./map_camera.js" */
/** @import { MapData, MapGroup } from "./map_data.js" */
/** @import { Square } from "./map_sprites.js" */

/**
 * @typedef {object} Overlay
 * @property {Camera} camera
 * @property {Iterable<number>} thumbnails Points to draw as thumbnails.
 * @property {number} side Of a thumbnail, in CSS pixels.
 * @property {(point: number) => Square | undefined} squareOf
 * @property {(point: number) => string} colourOf
 * @property {(point: number) => boolean} isFaint
 * @property {readonly MapGroup[]} named Groups to write, the foremost first.
 * @property {number | undefined} looked The point that is looked at.
 * @property {number} radius Of a point.
 * @property {readonly (readonly [number, number])[]} lasso Of the stage.
 * @property {{ ground: string, text: string, accent: string }} theme
 */

/** More names than these are never read. */
const maxNames = 120;

/**
 * Draws it all.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {MapData} data
 * @param {Overlay} overlay
 */
export const drawOverlay = (canvas, data, overlay) => {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const ratio = canvas.width / overlay.camera.width;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, overlay.camera.width, overlay.camera.height);
  const { looked } = overlay;
  drawThumbnails(context, data, overlay);
  drawNames(context, overlay);
  if (looked !== undefined) drawRing(context, data, overlay, looked);
  drawLasso(context, overlay);
};

/**
 * @param {CanvasRenderingContext2D} context
 * @param {MapData} data
 * @param {Overlay} overlay
 */
const drawThumbnails = (context, data, overlay) => {
  const { camera: { scale, left, top }, side, squareOf } = overlay;
  context.imageSmoothingQuality = "high";
  for (const point of overlay.thumbnails) {
    const square = squareOf(point);
    if (square === undefined) continue;
    const x = Math.round(left + (data.x[point] ?? 0) * scale - side / 2);
    const y = Math.round(top + (data.y[point] ?? 0) * scale - side / 2);
    context.globalAlpha = overlay.isFaint(point) ? 0.2 : 1;
    context.fillStyle = overlay.colourOf(point);
    context.fillRect(x - 2, y - 2, side + 4, side + 4);
    context.drawImage(
      square.sheet,
      square.x,
      square.y,
      square.side,
      square.side,
      x,
      y,
      side,
      side,
    );
  }
  context.globalAlpha = 1;
};

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Overlay} overlay
 */
const drawNames = (context, { camera, named, theme }) => {
  const { width, height, scale, left, top } = camera;
  context.font = "600 12px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = theme.ground;
  context.fillStyle = theme.text;
  /** @type {(readonly [number, number, number])[]} */
  const taken = [];
  for (const group of named) {
    const x = left + group.x * scale;
    const y = top + group.y * scale;
    if (x < 0 || x > width || y < 0 || y > height) continue;
    const text = shortName(group.name);
    const half = 4 * text.length + 10;
    const free = taken.every(([ox, oy, other]) =>
      Math.abs(ox - x) >= half + other || Math.abs(oy - y) >= 30
    );
    if (!free) continue;
    taken.push([x, y, half]);
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
    if (taken.length === maxNames) break;
  }
};

/** @param {string} name */
const shortName = (name) => {
  const text = name.replace(/^cluster /, "");
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
};

/**
 * @param {CanvasRenderingContext2D} context
 * @param {MapData} data
 * @param {Overlay} overlay
 * @param {number} point
 */
const drawRing = (context, data, overlay, point) => {
  const { camera: { scale, left, top }, radius, theme } = overlay;
  const x = left + (data.x[point] ?? 0) * scale;
  const y = top + (data.y[point] ?? 0) * scale;
  for (
    const [colour, width] of /** @type {const} */ ([
      [theme.ground, 6],
      [theme.text, 2.5],
    ])
  ) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, radius + 4, 0, 2 * Math.PI);
    context.stroke();
  }
};

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Overlay} overlay
 */
const drawLasso = (context, { lasso, theme }) => {
  if (lasso.length === 0) return;
  context.beginPath();
  for (const [x, y] of lasso) context.lineTo(x, y);
  context.closePath();
  context.globalAlpha = 0.15;
  context.fillStyle = theme.accent;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = theme.accent;
  context.lineWidth = 2;
  context.stroke();
};
