/**
 * Which part of a map is seen: where its left upper corner lies on the stage,
 * and how large it is. Lengths are in CSS pixels.
 *
 * @module
 */

/**
 * @typedef {object} Camera
 * @property {number} width Of the stage.
 * @property {number} height
 * @property {{ readonly width: number, readonly height: number }} map Its
 * longer side is 1.
 * @property {number} scale Pixels of that side.
 * @property {number} left Where the map's left upper corner lies.
 * @property {number} top
 */

/** Room between the whole map and the edge of the stage. */
const margin = 16;

/** How much larger than the whole map it can be seen. */
const maxZoom = 128;

/**
 * Shows the whole map.
 *
 * @param {Pick<Camera, "width" | "height" | "map">} camera
 * @returns {Camera}
 */
export const wholeMap = ({ width, height, map }) => {
  const room = (/** @type {number} */ length) =>
    Math.max(16, length - 2 * margin);
  const scale = Math.min(
    room(width) / Math.max(map.width, 0.01),
    room(height) / Math.max(map.height, 0.01),
  );
  return {
    width,
    height,
    map,
    scale,
    left: (width - scale * map.width) / 2,
    top: (height - scale * map.height) / 2,
  };
};

/**
 * How much larger than the whole map it is seen.
 *
 * @param {Camera} camera
 * @returns {number} 1 for the whole map.
 */
export const zoomOf = (camera) => camera.scale / wholeMap(camera).scale;

/**
 * Moves the map.
 *
 * @param {Camera} camera
 * @param {number} dx
 * @param {number} dy
 * @returns {Camera}
 */
export const panned = (camera, dx, dy) =>
  inSight({ ...camera, left: camera.left + dx, top: camera.top + dy });

/**
 * Enlarges the map round a point of the stage, which stays where it is.
 *
 * @param {Camera} camera
 * @param {number} factor
 * @param {number} x
 * @param {number} y
 * @returns {Camera}
 */
export const zoomed = (camera, factor, x, y) => {
  const whole = wholeMap(camera).scale;
  const scale = Math.min(
    maxZoom * whole,
    Math.max(whole, camera.scale * factor),
  );
  const by = scale / camera.scale;
  return inSight({
    ...camera,
    scale,
    left: x - (x - camera.left) * by,
    top: y - (y - camera.top) * by,
  });
};

/**
 * Keeps the middle of what is seen, and how much of it, when the stage changes
 * its size.
 *
 * @param {Camera} camera
 * @param {number} width
 * @param {number} height
 * @returns {Camera}
 */
export const resized = (camera, width, height) => {
  const { map } = camera;
  const scale = zoomOf(camera) * wholeMap({ width, height, map }).scale;
  const by = scale / camera.scale;
  return inSight({
    width,
    height,
    map,
    scale,
    left: width / 2 - (camera.width / 2 - camera.left) * by,
    top: height / 2 - (camera.height / 2 - camera.top) * by,
  });
};

/**
 * Moves the map as little as brings a point well inside the stage.
 *
 * @param {Camera} camera
 * @param {number} x Of the map.
 * @param {number} y
 * @returns {Camera}
 */
export const showing = (camera, x, y) => {
  const { width, height, scale, left, top } = camera;
  const room = Math.min(width, height) / 8;
  const [px, py] = [left + x * scale, top + y * scale];
  const dx = Math.min(width - room, Math.max(room, px)) - px;
  const dy = Math.min(height - room, Math.max(room, py)) - py;
  const seen = px >= 0 && px <= width && py >= 0 && py <= height;
  return seen ? camera : { ...camera, left: left + dx, top: top + dy };
};

/**
 * Some of the map stays in the middle half of the stage.
 *
 * @param {Camera} camera
 * @returns {Camera}
 */
const inSight = (camera) => {
  const { width, height, map, scale } = camera;
  const within = (
    /** @type {number} */ start,
    /** @type {number} */ length,
    /** @type {number} */ room,
  ) => Math.min(0.75 * room, Math.max(0.25 * room - length, start));
  return {
    ...camera,
    left: within(camera.left, scale * map.width, width),
    top: within(camera.top, scale * map.height, height),
  };
};
