/**
 * The regions of a map that R-MAC pools: squares of several sizes on a grid.
 *
 * Paper: section 5.3. Reference: G. Tolias, R. Sicre and H. Jégou, "Particular
 * object retrieval with integral max-pooling of CNN activations", ICLR 2016,
 * as ported to Python by A. Gordo et al., which the authors use: no region is
 * added for the whole map.
 *
 * @module
 */

/** A square of a map, in cells. */
export interface MapRegion {
  /** First column. */
  readonly x: number;
  /** First row. */
  readonly y: number;
  /** Columns, and rows. */
  readonly side: number;
}

/**
 * Lays the regions of R-MAC on a map.
 *
 * Level l has squares of side `floor(2 min(height, width) / (l + 1))`, l along
 * the shorter side. The longer side has m more of them, at every level: the m
 * from 1 to 6 with which neighbours of the first level overlap by nearest 0.4.
 * Two m can be equally near; the choice is then that of 32-bit floats, in
 * which the authors computed.
 *
 * @param height Rows of the map, at least 1.
 * @param width Columns of the map, at least 1.
 * @param levels Sizes of regions. Default: 3, as in the paper.
 * @returns Regions by level, row by row: 14 for a square map, 20 for the
 * usual ratios of photographs. Regions of side 0, which maps a cell wide have
 * from the second level on, are left out.
 *
 * @example A map of two rows and three columns
 * ```ts
 * import { rmacRegions } from "@deepcluster/retrieval";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(rmacRegions(2, 3, 1), [
 *   { x: 0, y: 0, side: 2 },
 *   { x: 1, y: 0, side: 2 },
 * ]);
 * ```
 */
export const rmacRegions = (
  height: number,
  width: number,
  levels = 3,
): readonly MapRegion[] => {
  const shorter = Math.min(height, width);
  const more = moreRegions(shorter, Math.max(height, width));
  const regions: MapRegion[] = [];
  for (let level = 1; level <= levels; level++) {
    const side = Math.floor(2 * shorter / (level + 1));
    if (side === 0) break;
    const rows = startsOf(height, side, level + (height > width ? more : 0));
    const columns = startsOf(width, side, level + (width > height ? more : 0));
    for (const y of rows) {
      for (const x of columns) regions.push({ x, y, side });
    }
  }
  return regions;
};

/** What neighbouring regions of the first level should share of their area. */
const desiredOverlap = Math.fround(0.4);

/** Regions that the longer side has more than the shorter. */
const moreRegions = (shorter: number, longer: number): number => {
  if (shorter === longer) return 0;
  const { fround } = Math;
  const square = shorter ** 2;
  let best = 1;
  let least = Infinity;
  for (let more = 1; more <= 6; more++) {
    const step = fround((longer - shorter) / more);
    const shared = fround(square - fround(shorter * step));
    const difference = Math.abs(
      fround(fround(shared / square) - desiredOverlap),
    );
    if (difference < least) [best, least] = [more, difference];
  }
  return best;
};

/**
 * Where the regions begin along a side of the map. In 64-bit floats, as the
 * authors', in which a start can come out a cell lower than in fractions.
 */
const startsOf = (
  length: number,
  side: number,
  count: number,
): readonly number[] => {
  const half = Math.floor(side / 2 - 1);
  const step = count === 1 ? 0 : (length - side) / (count - 1);
  return Array.from(
    { length: count },
    (_, i) => Math.min(Math.floor(half + i * step) - half, length - side),
  );
};
