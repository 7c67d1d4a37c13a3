/**
 * Convolution and its two gradients by Winograd's minimal filtering, as
 * products of matrices: images, filters and gradients are transformed tile by
 * tile, and where each point of a tile is a product `[tiles, c] [c, f]`, there
 * are a half to a fifth as many multiplications as in the convolution.
 *
 * The gradients use the adjoints of the three transforms. Both are made at once,
 * as the gradient of the results is transformed for both; images and filters are
 * transformed once more: kept from the pass, they would take 5 MB an image of
 * AlexNet. A batch goes in parts, so that what is transformed takes the memory
 * of one of them.
 *
 * Results differ from those of the convolution by some 2e-6 of their size, as
 * sums of values that are larger than they are.
 *
 * Reference: A. Lavin and S. Gray, "Fast algorithms for convolutional neural
 * networks", 2016.
 *
 * @module
 */
import type { Value } from "@deepcluster/graph";
import { byParts } from "./by_parts.ts";
import type { Lowering, ValueOf } from "./lowering.ts";
import type { WinogradPlan } from "./winograd_plan.ts";
import {
  filterOfPoints,
  filterPoints,
  fromTiles,
  mapsOf,
  partOf,
  product,
  toTiles,
} from "./winograd_transforms.ts";
import { reshape } from "./shape_operators.ts";

/**
 * Adds the nodes of a convolution.
 *
 * @param plan See {@link WinogradPlan}.
 * @param x Images `[n, c, h, w]`.
 * @param filter `[f, c, kernelHeight, kernelWidth]`.
 * @param to Where it is lowered to.
 * @param bias Name of what is added to every channel, `[f]`. Default: nothing.
 * @returns Name of its result `[n, f, …]`.
 */
export const winogradConvolution = (
  plan: WinogradPlan,
  x: Value,
  filter: Value,
  to: Lowering,
  bias?: string,
): string => {
  const points = filterPoints(plan, filter, [], to);
  const [batch, ...each] = mapsOf(plan, "output");
  const maps = [batch! / plan.parts, ...each];
  const added = bias && reshape(bias, [-1, 1, 1], to);
  const [y] = byParts(
    plan.parts,
    [{ tensor: to.tensor(x), shape: partOf(plan, "input") }],
    [{ shape: added === undefined ? partOf(plan, "output") : maps }],
    ([images]) => {
      const tiles = toTiles(images!, plan, "input", to);
      const products = to.node(product, [tiles, points], { transB: { i: 1 } });
      const rows = fromTiles(products, plan, "output", to);
      return added === undefined
        ? [rows]
        : [to.node("Add", [reshape(rows, maps, to), added])];
    },
    to,
  );
  return reshape(y!, mapsOf(plan, "output"), to);
};

/** A gradient of a convolution: of its images or of its filter. */
export type ConvolutionGradient = ValueOf<
  "convolutionInputGradient" | "convolutionFilterGradient"
>;

/**
 * Adds the nodes of a gradient and of all others that are computed from the same
 * `dy`, which is transformed once for them.
 *
 * @param plan See {@link WinogradPlan}.
 * @param gradient One of them.
 * @param to Where it is lowered to.
 * @returns Name of the gradient, in its shape.
 */
export const winogradGradient = (
  plan: WinogradPlan,
  gradient: ConvolutionGradient,
  to: Lowering,
): string => {
  const [, dy] = gradient.inputs;
  const shapes = JSON.stringify(shapesOf(gradient));
  return to.once(dy!, `gradients ${shapes}`, () => {
    const all = to.users(dy!).filter((value): value is ConvolutionGradient =>
      isGradient(value) && value.inputs[1] === dy &&
      JSON.stringify(shapesOf(value)) === shapes
    );
    return gradients(plan, dy!, all, to);
  }).get(gradient)!;
};

const isGradient = (value: Value): value is ConvolutionGradient =>
  value.operator.type === "convolutionInputGradient" ||
  value.operator.type === "convolutionFilterGradient";

/** What two gradients must have in common. */
const shapesOf = ({ operator, inputs: [operand] }: ConvolutionGradient) => ({
  geometry: operator.geometry,
  ...operator.type === "convolutionInputGradient"
    ? { images: operator.inputShape, filter: operand!.shape }
    : { images: operand!.shape, filter: operator.filterShape },
});

const gradients = (
  plan: WinogradPlan,
  dy: Value,
  all: readonly ConvolutionGradient[],
  to: Lowering,
): ReadonlyMap<Value, string> => {
  const { rows, columns, parts, filterShape: [filters, channels] } = plan;
  const ofImages = all.filter(({ operator }) =>
    operator.type === "convolutionInputGradient"
  );
  const ofFilter = all.filter((gradient) => !ofImages.includes(gradient));
  // Another shape than in the pass, or ONNX Runtime would keep those.
  const points = ofImages.map(({ inputs: [filter] }) =>
    filterPoints(plan, filter!, [1], to)
  );
  const names = byParts(
    parts,
    [
      { tensor: to.tensor(dy), shape: partOf(plan, "output") },
      ...ofFilter.map(({ inputs: [x] }) => ({
        tensor: to.tensor(x!),
        shape: partOf(plan, "input"),
      })),
    ],
    [
      ...ofImages.map(() => ({ shape: partOf(plan, "input") })),
      ...ofFilter.map(() => ({
        shape: [filters! * channels!, rows.kernel * columns.kernel],
      })),
    ],
    ([dy, ...images]) => {
      const tiles = toTiles(dy!, plan, "output", to);
      return [
        ...points.map((points) =>
          fromTiles(to.node(product, [tiles, points]), plan, "input", to)
        ),
        ...images.map((x) => {
          const others = toTiles(x, plan, "input", to);
          return filterOfPoints(
            to.node(product, [tiles, others], { transA: { i: 1 } }),
            plan,
            to,
          );
        }),
      ];
    },
    to,
  );
  return new Map([...ofImages, ...ofFilter].map((gradient, i) => [
    gradient,
    reshape(
      i < ofImages.length || parts === 1
        ? names[i]!
        : to.node("ReduceSum", [names[i]!, to.integers([0])]),
      gradient.shape,
      to,
    ),
  ]));
};
