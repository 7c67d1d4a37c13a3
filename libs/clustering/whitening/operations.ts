/**
 * What a whitening costs, for estimates of its time.
 *
 * @module
 */
import { basisRows } from "./block_lanczos.ts";
import { directLimit } from "./fit_whitening.ts";
import { savesCovariance } from "./implicit_covariance.ts";

/** Sizes of a whitening. */
export interface WhiteningSize {
  /** Number of points. */
  readonly rows: number;
  /** Number of features. */
  readonly columns: number;
  /** Number of components, at most that of the features. */
  readonly components: number;
}

/**
 * Returns the operations that fitting a whitening and applying it to the same
 * points take for each point, on a processor. Eigenproblems do not count, as their time
 * does not depend on the number of points.
 *
 * @param size See {@link WhiteningSize}.
 * @returns Additions and multiplications of 32-bit floats.
 */
export const whiteningOperations = (size: WhiteningSize): number => {
  const { columns: d, components } = size;
  const products = basisRows(d, components);
  const covariance = d <= directLimit
    ? 2 * d * d
    : savesCovariance(size, { scale: 1 }, products)
    ? 4 * d * products
    : d * d;
  // The correction and the application project the points.
  return covariance + 2 * 2 * d * components;
};
