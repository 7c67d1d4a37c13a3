/**
 * Matrices `[rows, columns]`, row-major, in 32-bit floats.
 *
 * @module
 */

/** A dense matrix: one row a point, one column a feature. */
export interface Matrix {
  /** Number of points. */
  readonly rows: number;
  /** Number of features of each. */
  readonly columns: number;
  /** `rows * columns` values, row after row. */
  readonly data: Float32Array;
}

/**
 * Wraps values as a matrix, without a copy.
 *
 * @param rows Number of rows.
 * @param columns Number of columns.
 * @param data Row-major values, `rows * columns` of them; Default: zeros.
 * @returns The matrix.
 */
export const matrix = (
  rows: number,
  columns: number,
  data: Float32Array = new Float32Array(rows * columns),
): Matrix => ({ rows, columns, data });

/**
 * Zeros in memory that threads can share: k-means on several threads copies
 * other points.
 *
 * @param rows Number of rows.
 * @param columns Number of columns.
 * @returns The matrix.
 */
export const sharedMatrix = (rows: number, columns: number): Matrix =>
  matrix(
    rows,
    columns,
    new Float32Array(new SharedArrayBuffer(4 * rows * columns)),
  );

/**
 * Where the first value is that is NaN or infinite.
 *
 * @param values Any values.
 * @returns Its index; the number of values when all are finite.
 */
export const firstNonFinite = (values: Float32Array): number => {
  const { length } = values;
  // A value minus itself is 0 only when it is finite, and so are sums of these.
  const difference = (at: number) => values[at]! - values[at]!;
  let index = 0;
  for (; index + 8 <= length; index += 8) {
    const sum = difference(index) + difference(index + 1) +
      (difference(index + 2) + difference(index + 3)) +
      (difference(index + 4) + difference(index + 5)) +
      (difference(index + 6) + difference(index + 7));
    if (sum !== 0) break;
  }
  while (index < length && difference(index) === 0) index++;
  return index;
};

/**
 * One row of a matrix as a view: writing to it writes to the matrix.
 *
 * @param m The matrix.
 * @param index Row number, from 0 to `m.rows - 1`.
 * @returns `m.columns` values.
 */
export const row = (m: Matrix, index: number): Float32Array =>
  m.data.subarray(index * m.columns, (index + 1) * m.columns);
