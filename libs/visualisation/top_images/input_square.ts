/**
 * The square that a network is fed, as a picture.
 *
 * @module
 */
import {
  clusteringTransform,
  type Image,
  type Normalization,
} from "@deepcluster/data";
import { type LayeredModel, transformOptionsOf } from "@deepcluster/features";

/** Values that are grey levels: nothing is subtracted or divided. */
const greyLevels: Normalization = {
  divisor: 1,
  mean: [0, 0, 0],
  deviation: [1, 1, 1],
};

/**
 * Makes what a model sees of an image a picture: its centre crop in grey
 * levels, rounded to whole numbers.
 *
 * @param model The model.
 * @returns Turns a decoded image into the square, `model.size` pixels wide.
 */
export const inputSquare = (
  model: Pick<LayeredModel, "encoder" | "size">,
): (image: Image) => Image => {
  const { write, side } = clusteringTransform({
    ...transformOptionsOf(model),
    normalization: greyLevels,
  });
  const plane = side ** 2;
  return (image) => {
    const planes = new Float32Array(3 * plane);
    write(image, 0, planes, 0);
    const data = Uint8Array.from(
      { length: 3 * plane },
      (_, i) => Math.round(planes[(i % 3) * plane + Math.floor(i / 3)]!),
    );
    return { width: side, height: side, data };
  };
};
