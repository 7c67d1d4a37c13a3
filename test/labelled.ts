/**
 * Labelled features for the tests, made from named draws.
 *
 * @module
 */
import { draws, matrix, rowsOf } from "@deepcluster/core";
import type { Labelled } from "@deepcluster/features";

/**
 * Labelled features from values in rows.
 *
 * @param values `[n, d]`, row-major.
 * @param labels `[n]`.
 * @param classes Number of classes.
 * @returns Features in memory.
 */
export const labelled = (
  values: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): Labelled => {
  const rows = labels.length;
  const data = Float32Array.from(values);
  return {
    features: rowsOf(matrix(rows, data.length / rows, data)),
    labels: Int32Array.from(labels),
    classes,
  };
};

/**
 * Classes as clouds around random middles.
 *
 * @param name Names the draws of the points; the middles depend on sizes only.
 * @param n Number of images; image i is of class `i % classes`.
 * @param d Number of features.
 * @param classes Number of classes.
 * @param spread Deviation of a cloud; the middles have deviation 1.
 * @returns Features in memory.
 */
export const clouds = (
  name: string,
  n: number,
  d: number,
  classes: number,
  spread = 1,
): Labelled => {
  const middle = draws(0, "middles", d, classes);
  const middles = Float32Array.from({ length: classes * d }, middle.normal);
  const { normal } = draws(0, name);
  return labelled(
    Float32Array.from(
      { length: n * d },
      (_, at) =>
        middles[(Math.floor(at / d) % classes) * d + at % d]! +
        spread * normal(),
    ),
    Int32Array.from({ length: n }, (_, i) => i % classes),
    classes,
  );
};
