/**
 * Convolution of reversed maps and its gradients: by Winograd's tiles, or,
 * where channels are few, as products of the filter and what its taps see, one
 * for each place.
 *
 * @module
 */
import type { Value } from "@deepcluster/graph";
import type { Lowering, ValueOf } from "../lowering.ts";
import { reduceByRuns } from "../reduction.ts";
import { seenByTaps } from "../taps.ts";
import { type WinogradTiles, winogradTiles } from "../winograd_plan.ts";
import {
  filterOfPoints,
  filterPoints,
  product,
} from "../winograd_transforms.ts";
import { reshape } from "../shape_operators.ts";
import { sumOfRows } from "./layout.ts";
import { fromTiles, toTiles } from "./tiles.ts";

/** Fewer channels than this are not worth the transforms. */
const fewestChannels = 16;

type Conv =
  | ValueOf<"convolution">
  | ValueOf<"convolutionInputGradient">
  | ValueOf<"convolutionFilterGradient">;

/**
 * Plans a convolution of reversed maps, or one of its gradients, by tiles.
 *
 * @param value The convolution or gradient.
 * @returns The plan; undefined where there are no tiles, or too few channels.
 */
export const tilesOf = (value: Conv): WinogradTiles | undefined => {
  const shapes = shapesOf(value);
  const [filters, channels] = shapes.filter;
  return Math.min(filters!, channels!) < fewestChannels
    ? undefined
    : winogradTiles(shapes, value.operator.geometry);
};

const shapesOf = (value: Conv) => {
  const { operator, inputs: [a, b], shape } = value;
  switch (operator.type) {
    case "convolution":
      return { images: a!.shape, filter: b!.shape, results: shape };
    case "convolutionInputGradient":
      return { images: shape, filter: a!.shape, results: b!.shape };
    case "convolutionFilterGradient":
      return { images: a!.shape, filter: shape, results: b!.shape };
  }
};

/**
 * Adds the nodes of a convolution.
 *
 * @param value The convolution.
 * @param to Where it is lowered to.
 * @returns Name of the reversed result.
 */
export const convolution = (
  value: ValueOf<"convolution">,
  to: Lowering,
): string => {
  const [x, filter] = value.inputs;
  const plan = tilesOf(value);
  if (plan === undefined) {
    const [filters] = filter!.shape;
    const weights = reshape(to.tensor(filter!), [filters!, -1], to);
    return to.node("MatMul", [weights, seenAtPlaces(value, to)]);
  }
  const points = toTiles(plan, x!, "input", to).map((tiles) =>
    to.node(product, [filterByPoint(plan, filter!, to), tiles])
  );
  return fromTiles(plan, points, "output", to);
};

/**
 * Adds the nodes of the gradient with respect to the images.
 *
 * @param value The gradient, which {@link tilesOf} plans.
 * @param to Where it is lowered to.
 * @returns Name of the reversed gradient.
 */
export const inputGradient = (
  value: ValueOf<"convolutionInputGradient">,
  to: Lowering,
): string => {
  const [filter, dy] = value.inputs;
  const plan = tilesOf(value)!;
  const points = toTiles(plan, dy!, "output", to).map((tiles) =>
    to.node(product, [filterByPoint(plan, filter!, to), tiles], {
      transA: { i: 1 },
    })
  );
  return fromTiles(plan, points, "input", to);
};

/**
 * Adds the nodes of the gradient with respect to the filter.
 *
 * @param value The gradient.
 * @param to Where it is lowered to.
 * @returns Name of the gradient, as everything reads it.
 */
export const filterGradient = (
  value: ValueOf<"convolutionFilterGradient">,
  to: Lowering,
): string => {
  const [x, dy] = value.inputs;
  const byRows = { transB: { i: 1 } };
  const plan = tilesOf(value);
  if (plan === undefined) {
    const atPlaces = to.node(product, [
      to.reversed(dy!),
      seenAtPlaces(value, to),
    ], byRows);
    return reshape(
      reduceByRuns("ReduceSum", atPlaces, [0], to),
      value.shape,
      to,
    );
  }
  const images = toTiles(plan, x!, "input", to);
  const { rows, columns } = plan;
  const [filters, channels] = value.shape;
  // Products go by 16 columns, and these should not be half empty.
  const isTurned = channels! % 16 !== 0;
  const sums = toTiles(plan, dy!, "output", to).map((gradients, part) => {
    const factors = [gradients, images[part]!];
    const atTiles = to.node(
      product,
      isTurned ? factors.reverse() : factors,
      byRows,
    );
    const ofColumns = rows.tiles === 1
      ? atTiles
      : to.node("ReduceSum", [atTiles, to.integers([3])]);
    const tiles = columns.tiles / images.length;
    return tiles === 1 ? ofColumns : sumOfRows(ofColumns, tiles, to);
  });
  const sum = sums.length === 1 ? sums[0]! : to.node("Sum", sums);
  const taps = filterOfPoints(sum, plan, to);
  return reshape(
    isTurned
      ? to.node("Transpose", [
        reshape(taps, [channels!, filters!, -1], to),
      ], { perm: { ints: [1, 0, 2] } })
      : taps,
    value.shape,
    to,
  );
};

/** What the taps see at each place, `[w * h, c * taps, n]`. */
const seenAtPlaces = (
  value: ValueOf<"convolution"> | ValueOf<"convolutionFilterGradient">,
  to: Lowering,
): string => {
  const { images, filter: filterShape, results } = shapesOf(value);
  const { geometry } = value.operator;
  const of = { x: value.inputs[0]!, filterShape, results, geometry };
  const [, , height, width] = results;
  const sizes = [height! * width!, -1, images[0]!];
  return reshape(seenByTaps(of, "placesFirst", to), sizes, to);
};

/** `[1, points, points, 1, f, c]`, columns outside of rows. */
const filterByPoint = (
  plan: WinogradTiles,
  filter: Value,
  to: Lowering,
): string => {
  const { rows, columns, filterShape: [filters, channels] } = plan;
  const sizes = [1, columns.points, rows.points, 1, filters!, channels!];
  return to.once(
    filter,
    `at ${columns.points} x ${rows.points} points`,
    () => reshape(filterPoints(plan, filter, [], to), sizes, to),
  );
};
