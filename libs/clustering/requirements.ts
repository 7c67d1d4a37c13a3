/**
 * The checks at the door of everything that reads features.
 *
 * @module
 */
import { firstNonFinite, type Matrix } from "@deepcluster/core";
import { Effect } from "effect";
import { ClusteringOptionError, NonFiniteFeatureError } from "./errors.ts";

/**
 * Fails on the first feature that is NaN or infinite.
 *
 * @param action What is to be done, for the message: `cluster` or `whiten`.
 * @param points `[n, d]`.
 * @param firstRow Number of the first row, when `points` is a block of more.
 * @returns Nothing, or `NonFiniteFeatureError`.
 */
export const requireFinite = (
  action: string,
  points: Matrix,
  firstRow = 0,
): Effect.Effect<void, NonFiniteFeatureError> =>
  Effect.suspend(() => {
    const index = firstNonFinite(points.data);
    if (index === points.data.length) return Effect.void;
    return Effect.fail(
      new NonFiniteFeatureError({
        action,
        row: firstRow + Math.floor(index / points.columns),
        column: index % points.columns,
        value: String(points.data[index]),
      }),
    );
  });

/**
 * Fails when a number is not a whole one, or too small.
 *
 * @param action What is to be done, for the message: `cluster` or `whiten`.
 * @param option Name of the number.
 * @param value The number.
 * @param least Its smallest value allowed.
 * @returns Nothing, or `ClusteringOptionError`.
 */
export const requireCount = (
  action: string,
  option: string,
  value: number,
  least: number,
): Effect.Effect<void, ClusteringOptionError> => {
  if (Number.isInteger(value) && value >= least) return Effect.void;
  const rule = `an integer >= ${least}`;
  return Effect.fail(
    new ClusteringOptionError({ action, option, rule, value }),
  );
};
