/**
 * Max-pooling of reversed maps by windows of 2 x 2 beside each other, and its
 * gradient.
 *
 * The four places of the windows are rows of the maps. A gradient goes to the
 * first maximum, as in the reference: to the lower row where that has the
 * larger maximum, and in either row to the right where that is larger.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import type { Value } from "@deepcluster/graph";
import type { Lowering, ValueOf } from "../lowering.ts";
import { indices, type Maps, pairs } from "./layout.ts";
import { reshape } from "../shape_operators.ts";
import { heightOf, rowOf } from "./row_order.ts";

/** Maps that are pooled, in one of the forms that they are held in. */
export interface Pooled {
  /** The maps, or what they are a line of. */
  readonly maps: Value;
  /** Name of a tensor of their shape, reversed. */
  readonly tensor: string;
}

/**
 * Adds the nodes of a pooling.
 *
 * @param value The pooling.
 * @param to Where it is lowered to.
 * @returns Name of the reversed maxima.
 */
export const maxPool = (value: ValueOf<"maxPool">, to: Lowering): string => {
  const [maps] = value.inputs;
  return maximaOf({ maps: maps!, tensor: to.reversed(maps!) }, to);
};

/**
 * Adds the nodes of the maxima of windows.
 *
 * @param pooled What is pooled.
 * @param to Where they are lowered to.
 * @returns Name of the reversed maxima.
 */
export const maximaOf = (pooled: Pooled, to: Lowering): string => {
  const { upper, lower } = maximaOfRows(pooled, to);
  return to.node("Max", [upper, lower]);
};

/**
 * Adds the nodes of a pooling's gradient.
 *
 * @param value The gradient.
 * @param to Where it is lowered to.
 * @returns Name of the reversed gradient.
 */
export const maxPoolGradient = (
  value: ValueOf<"maxPoolGradient">,
  to: Lowering,
): string => {
  const [maps, dy] = value.inputs;
  const pooled = { maps: maps!, tensor: to.reversed(maps!) };
  return inOrder(toPlaces(pooled, to.reversed(dy!), to), value.shape, to);
};

/**
 * Adds the nodes that put gradients where the first maxima of windows are, place
 * by place of the windows.
 *
 * @param pooled What was pooled.
 * @param gradients Name of the reversed gradients of its maxima.
 * @param to Where they are lowered to.
 * @param rest Adds the nodes of what is added to the gradients, from what was
 * pooled. Default: nothing.
 * @returns Name of the gradient of what was pooled, `[w * h, c * n]`, whose rows
 * {@link rowsOfPlaces} puts in order.
 */
export const toPlaces = (
  pooled: Pooled,
  gradients: string,
  to: Lowering,
  rest?: (pooled: string) => string,
): string => {
  const [n, c, height, width] = pooled.maps.shape as Maps;
  const places = placesOf(pooled, to);
  const [upperLeft, upperRight, lowerLeft, lowerRight] = places;
  const { upper, lower } = maximaOfRows(pooled, to);
  const rows = split(gradients, lower, upper, to);
  const above = split(rows.rest, upperRight, upperLeft, to);
  const below = split(rows.larger, lowerRight, lowerLeft, to);
  const atPlaces = [above.rest, above.larger, below.rest, below.larger];
  const byPlace = to.node(
    "Concat",
    atPlaces.map((gradient, i) =>
      rest === undefined
        ? gradient
        : to.node("Add", [gradient, rest(places[i]!)])
    ),
    { axis: { i: 0 } },
  );
  return reshape(byPlace, [width * height, c * n], to);
};

/**
 * Adds the nodes that put the rows of a gradient in order.
 *
 * @param byPlace See {@link toPlaces}.
 * @param shape Of the maps.
 * @param to Where they are lowered to.
 * @returns Name of the reversed gradient.
 */
export const inOrder = (
  byPlace: string,
  shape: Shape,
  to: Lowering,
): string => {
  const [n, c, height, width] = shape as Maps;
  const rows = to.node("Gather", [
    byPlace,
    to.constant(
      `windows ${height}x${width}`,
      () => indices(rowsOfPlaces(height, width)),
    ),
  ]);
  return reshape(rows, [width * height, c, n], to);
};

/**
 * Adds the nodes that split gradients by the larger of two numbers.
 *
 * @param gradients Name of the gradients.
 * @param one Name of the one.
 * @param other Name of the other.
 * @param to Where they are lowered to.
 * @returns Names of the gradients where `one` is larger, and of all others.
 */
export const split = (
  gradients: string,
  one: string,
  other: string,
  to: Lowering,
): { readonly larger: string; readonly rest: string } => {
  const larger = to.node("Mul", [
    gradients,
    step(to.node("Sub", [one, other]), to),
  ]);
  return { larger, rest: to.node("Sub", [gradients, larger]) };
};

/**
 * Adds the node that tells positive numbers from others. It takes half the time
 * of a comparison and its conversion to a float; below 3e-39 a number counts in
 * part.
 *
 * @param numbers Name of the numbers.
 * @param to Where it is lowered to.
 * @returns Name of 1 where they are positive, else 0.
 */
export const step = (numbers: string, to: Lowering): string =>
  to.node("HardSigmoid", [numbers], { alpha: { f: 3.4e38 }, beta: { f: 0 } });

const maximaOfRows = (pooled: Pooled, to: Lowering) =>
  to.once(pooled.maps, `maxima of rows of ${pooled.tensor}`, () => {
    const [upperLeft, upperRight, lowerLeft, lowerRight] = placesOf(pooled, to);
    return {
      upper: to.node("Max", [upperLeft, upperRight]),
      lower: to.node("Max", [lowerLeft, lowerRight]),
    };
  });

type Four<A> = readonly [A, A, A, A];

/** The four places of all windows, row by row, each `[w / 2 * h / 2, c, n]`. */
const placesOf = ({ maps, tensor }: Pooled, to: Lowering): Four<string> =>
  to.once(maps, `places of windows of ${tensor}`, () => {
    const [, , height, width] = maps.shape as Maps;
    const place = (down: number, right: number) =>
      to.node("Gather", [
        tensor,
        to.constant(`place ${down} ${right} of ${height}x${width}`, () =>
          indices(
            pairs(width / 2, height / 2)
              .map(([x, row]) =>
                (2 * x + right) * height +
                rowOf(2 * heightOf(row, height / 2) + down, height)
              ),
          )),
      ]);
    return [place(0, 0), place(0, 1), place(1, 0), place(1, 1)];
  });

/**
 * Lists where each row of maps lies among all windows' places, place by place.
 *
 * @param height Of the maps.
 * @param width Of the maps.
 * @returns The rows.
 */
export const rowsOfPlaces = (
  height: number,
  width: number,
): readonly number[] =>
  pairs(width, height).map(([x, row]) => {
    const y = heightOf(row, height);
    const place = y % 2 * 2 + x % 2;
    const window = Math.floor(x / 2) * height / 2 +
      rowOf(Math.floor(y / 2), height / 2);
    return place * width * height / 4 + window;
  });
