/**
 * The order of the rows of reversed maps within a column: by their place in
 * Winograd's tiles, first those of the first place of all tiles. So what is
 * multiplied at the points of a column of tiles becomes rows by a single product,
 * and rows become points.
 *
 * @module
 */
import { planAxis } from "../winograd_plan.ts";

/**
 * Tells how high the tiles are that order the rows of maps: those of filters of
 * three taps, or 1 where they leave a rest.
 *
 * @param height Of the maps.
 * @returns Rows of a tile.
 */
export const tileHeight = (height: number): number => {
  const axis = { kernel: 3, inputs: height, outputs: height, padding: 1 };
  const { tile } = planAxis(axis)!;
  return height % tile === 0 ? tile : 1;
};

/**
 * Finds the row of a height.
 *
 * @param y The height.
 * @param height Of the maps.
 * @returns The row among those of its column.
 */
export const rowOf = (y: number, height: number): number => {
  const tile = tileHeight(height);
  return y % tile * (height / tile) + Math.floor(y / tile);
};

/**
 * Finds the height of a row.
 *
 * @param row The row among those of its column.
 * @param height Of the maps.
 * @returns The height.
 */
export const heightOf = (row: number, height: number): number => {
  const tile = tileHeight(height);
  const tiles = height / tile;
  return row % tiles * tile + Math.floor(row / tiles);
};
