/**
 * Max-pooling of a map over regions.
 *
 * Paper: section 5.3.
 *
 * @module
 */
import { type FloatTensor, type Matrix, matrix } from "@deepcluster/core";
import type { MapRegion } from "./rmac_regions.ts";

/**
 * Takes the maximum of every channel over every region.
 *
 * @param map Finite, `[1, channels, rows, columns]`.
 * @param regions Within the map.
 * @returns `[regions, channels]`.
 */
export const regionMaxima = (
  { shape, data }: FloatTensor,
  regions: readonly MapRegion[],
): Matrix => {
  const [, channels, rows, columns] = shape as [1, number, number, number];
  const maxima = matrix(regions.length, channels);
  regions.forEach(({ x, y, side }, r) => {
    for (let channel = 0; channel < channels; channel++) {
      let cell = (channel * rows + y) * columns + x;
      let maximum = -Infinity;
      for (let line = 0; line < side; line++, cell += columns) {
        for (let i = cell; i < cell + side; i++) {
          if (data[i]! > maximum) maximum = data[i]!;
        }
      }
      maxima.data[r * channels + channel] = maximum;
    }
  });
  return maxima;
};
