/**
 * Pictures side by side in rows, as in the paper's figures of filters: equal
 * tiles with a thin white border around each.
 *
 * Paper: figures 4 to 6.
 *
 * @module
 */
import type { Image } from "@deepcluster/data";

/** How {@link tiledPicture} sets its tiles. */
export interface TiledPictureOptions {
  /** White pixels between tiles, and around all of them. Default: 2. */
  readonly border?: number;
  /** White pixels around all tiles. Default: those between them. */
  readonly margin?: number;
}

/**
 * Sets pictures in rows and columns.
 *
 * @param rows Tiles from the left in rows from the top. A row may be shorter
 * than others and a tile smaller: what they leave is white.
 * @param options See {@link TiledPictureOptions}.
 * @returns The picture; a single white pixel where there are no tiles and no
 * border.
 *
 * @example Two rows
 * ```ts
 * import { tiledPicture } from "@deepcluster/visualisation";
 * import assert from "node:assert/strict";
 *
 * const tile = { width: 4, height: 4, data: new Uint8Array(48) };
 * const picture = tiledPicture([[tile, tile], [tile]], { border: 1 });
 * assert.deepEqual([picture.width, picture.height], [11, 11]);
 * ```
 */
export const tiledPicture = (
  rows: readonly (readonly Image[])[],
  { border = 2, margin = border }: TiledPictureOptions = {},
): Image => {
  const tiles = rows.flat();
  const largest = (side: "width" | "height") =>
    tiles.reduce((max, tile) => Math.max(max, tile[side]), 0);
  const across = largest("width") + border;
  const down = largest("height") + border;
  const columns = rows.reduce((max, { length }) => Math.max(max, length), 0);
  const side = (count: number, step: number) =>
    Math.max(1, count * step - (count > 0 ? border : 0) + 2 * margin);
  const width = side(columns, across);
  const height = side(rows.length, down);
  const data = new Uint8Array(3 * width * height).fill(255);
  rows.forEach((row, i) =>
    row.forEach((tile, j) => {
      const first = (margin + i * down) * width + margin + j * across;
      for (let y = 0; y < tile.height; y++) {
        data.set(
          tile.data.subarray(3 * y * tile.width, 3 * (y + 1) * tile.width),
          3 * (first + y * width),
        );
      }
    })
  );
  return { width, height, data };
};

/**
 * Splits tiles into rows for a picture that is about half as wide again as
 * high; into full rows where their number allows it.
 *
 * @param tiles In reading order.
 * @param aspect Width of a tile divided by its height. Default: 1.
 * @returns Rows of equal length, but the last.
 */
export const inRows = <A>(
  tiles: readonly A[],
  aspect = 1,
): readonly (readonly A[])[] => {
  const { length } = tiles;
  const ideal = Math.sqrt(1.5 * length / aspect);
  const near = (columns: number) => Math.abs(Math.log(columns / ideal));
  const columns = Array.from({ length }, (_, i) => i + 1)
    .filter((columns) => length % columns === 0 && near(columns) < 0.4)
    .sort((a, b) => near(a) - near(b) || b - a)[0] ??
    Math.max(1, Math.min(length, Math.ceil(ideal)));
  return Array.from(
    { length: Math.ceil(length / columns) },
    (_, row) => tiles.slice(row * columns, (row + 1) * columns),
  );
};
