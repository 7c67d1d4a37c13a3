/**
 * The turn of a map: its longest direction lies across, as pages are wide.
 *
 * @module
 */
import { type Matrix, matrix } from "@deepcluster/core";

/**
 * Turns points about the origin so that their first principal axis is x.
 *
 * Distances stay, except for rounding. The turn is the smaller of the two, at
 * most a quarter; points whose variance is the same in all directions stay. Only
 * sums, products and square roots are used, so every runtime gives the same
 * bytes.
 *
 * @param positions `[n, 2]`, finite.
 * @returns `[n, 2]`.
 *
 * @example Two points, one above the other
 * ```ts
 * import { matrix } from "@deepcluster/core";
 * import { alignAxes } from "@deepcluster/manifold";
 * import assert from "node:assert/strict";
 *
 * const { data } = alignAxes(matrix(2, 2, Float32Array.of(0, 0, 0, 3)));
 * assert.deepEqual([...data], [0, 0, 3, 0]);
 * ```
 */
export const alignAxes = (positions: Matrix): Matrix => {
  const { cosine, sine } = principalDirection(positions);
  const { rows, data } = positions;
  const turned = matrix(rows, 2);
  for (let i = 0; i < 2 * rows; i += 2) {
    const [x, y] = [data[i]!, data[i + 1]!];
    turned.data[i] = cosine * x + sine * y;
    turned.data[i + 1] = cosine * y - sine * x;
  }
  return turned;
};

/** The direction of the largest variance, with a cosine of at least 0. */
const principalDirection = ({ rows, data }: Matrix) => {
  let [meanX, meanY] = [0, 0];
  for (let i = 0; i < 2 * rows; i += 2) {
    meanX += data[i]! / rows;
    meanY += data[i + 1]! / rows;
  }
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < 2 * rows; i += 2) {
    const [x, y] = [data[i]! - meanX, data[i + 1]! - meanY];
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  // The direction of (xx - yy, 2 xy) is at twice the angle.
  const length = Math.sqrt((xx - yy) ** 2 + 4 * xy * xy);
  if (length === 0) return { cosine: 1, sine: 0 };
  const doubled = (xx - yy) / length;
  return {
    cosine: Math.sqrt((1 + doubled) / 2),
    sine: (xy < 0 ? -1 : 1) * Math.sqrt((1 - doubled) / 2),
  };
};
