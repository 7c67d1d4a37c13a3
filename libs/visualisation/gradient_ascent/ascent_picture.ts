/**
 * What gradient ascent begins with, and how its results are shown.
 *
 * @module
 */
import { draws } from "@deepcluster/core";
import { type Image, imageNetNormalization } from "@deepcluster/data";

const { mean, deviation } = imageNetNormalization;

/**
 * Draws the noise from which a filter's image grows: pixels of 128 ± 20.
 *
 * The authors feed their networks such values as they are; here they become
 * the network's input as pixels of images do, divided by 255 and normalised.
 *
 * @param seed The seed.
 * @param layer Path of the layer.
 * @param filter The filter: each has noise of its own.
 * @param size Pixels across and down.
 * @returns Normalised RGB, shape `[3, size, size]`.
 */
export const ascentNoise = (
  seed: number,
  layer: string,
  filter: number,
  size: number,
): Float32Array => {
  const { normal } = draws(seed, "gradient ascent", layer, filter);
  const plane = size ** 2;
  return Float32Array.from({ length: 3 * plane }, (_, i) => {
    const channel = Math.floor(i / plane);
    const pixel = (128 + 20 * normal()) / 255;
    return (pixel - mean[channel]!) / deviation[channel]!;
  });
};

/**
 * Shows an input of a network as a picture.
 *
 * The input is not limited to what a pixel can be, so each picture is
 * normalised for itself: its mean becomes middle grey, and
 * {@link shownDeviations} standard deviations up and down become white and
 * black. A network with Sobel filters sees the mean of the channels only, so
 * that is what is shown of it.
 *
 * @param values Normalised RGB, shape `[3, size, size]`.
 * @param size Pixels across and down.
 * @param grey Whether the network sees Sobel gradients.
 * @returns The picture.
 */
export const ascentPicture = (
  values: Float32Array,
  size: number,
  grey: boolean,
): Image => {
  const plane = size ** 2;
  const shown = values.map((value, i) => {
    const pixel = i % plane;
    return grey
      ? (values[pixel]! + values[plane + pixel]! + values[2 * plane + pixel]!) /
        3
      : value * deviation[Math.floor(i / plane)]! +
        mean[Math.floor(i / plane)]!;
  });
  const centre = shown.reduce((sum, value) => sum + value, 0) / shown.length;
  const spread = Math.sqrt(
    shown.reduce((sum, value) => sum + (value - centre) ** 2, 0) /
      shown.length,
  );
  const data = new Uint8Array(shown.length);
  shown.forEach((value, i) => {
    const level = spread === 0
      ? 0
      : (value - centre) / (shownDeviations * spread);
    const byte = Math.round(127.5 + 127.5 * level);
    data[3 * (i % plane) + Math.floor(i / plane)] = Math.max(
      0,
      Math.min(255, byte),
    );
  });
  return { width: size, height: size, data };
};

/** Standard deviations from middle grey to white. */
const shownDeviations = 3;
