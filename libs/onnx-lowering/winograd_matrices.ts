/**
 * The matrices of Winograd's minimal filtering, by Toom and Cook: a tile of
 * `outputs` results of a filter of `kernel` taps is a polynomial of as many
 * coefficients as the tile has inputs, `outputs + kernel - 1`, and is known by
 * its values at that many points.
 *
 * `y = outputᵀ ((filter g) ⊙ (input d))` for one tile `d` of the images and
 * the taps `g`.
 *
 * Reference: S. Winograd, "Arithmetic complexity of computations", 1980;
 * A. Lavin and S. Gray, "Fast algorithms for convolutional neural networks",
 * 2016.
 *
 * @module
 */

/** A matrix by its rows. */
export type Rows = readonly (readonly number[])[];

/** What transforms one axis of a tile; one row for each point. */
export interface TileMatrices {
  /** `[points, points]`. */
  readonly input: Rows;
  /** `[points, kernel]`. */
  readonly filter: Rows;
  /** `[points, outputs]`. */
  readonly output: Rows;
}

/**
 * Small, so that powers of them are, and with few bits, so that all matrices
 * but the filter's are exact. The last point is infinity: the highest
 * coefficient.
 */
const finitePoints = [0, 1, -1, 2, -2, 0.5, -0.5];

/** For tiles of six points: half the rounding error of the first five. */
const fivePoints = [0, 0.75, -0.75, 1.5, -1.5];

/** Points of the largest tile. */
export const mostPoints = finitePoints.length + 1;

/**
 * Returns the matrices of a tile.
 *
 * @param outputs Results of a tile, along one axis.
 * @param kernel Taps of the filter, along that axis; with `outputs`, at most
 * {@link mostPoints} points.
 * @returns The matrices.
 */
export const tileMatrices = (
  outputs: number,
  kernel: number,
): TileMatrices => {
  const size = outputs + kernel - 1;
  const points = size - 1 === fivePoints.length
    ? fivePoints
    : finitePoints.slice(0, size - 1);
  const powers = (count: number): Rows => [
    ...points.map((point) => range(count).map((power) => point ** power)),
    range(count).map((power) => Number(power === count - 1)),
  ];
  const others = (point: number) => points.filter((other) => other !== point);
  return {
    input: [
      ...points.map((point) => [...withRoots(others(point)), 0]),
      withRoots(points),
    ],
    filter: powers(kernel).map((row, i) => {
      const point = points[i];
      const divisor = point === undefined
        ? 1
        : others(point).reduce((all, other) => all * (point - other), 1);
      return row.map((value) => value / divisor);
    }),
    output: powers(outputs),
  };
};

/** Coefficients of the polynomial with these roots, the lowest first. */
const withRoots = (roots: readonly number[]): readonly number[] =>
  roots.reduce<readonly number[]>(
    (product, root) =>
      range(product.length + 1).map((power) =>
        (product[power - 1] ?? 0) - root * (product[power] ?? 0)
      ),
    [1],
  );

const range = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => i);
