/**
 * Which maps of a graph are held with their axes reversed, and how the
 * operators on them are lowered.
 *
 * @module
 */
import {
  type Graph,
  type OperatorType,
  topologicalOrder,
  type Value,
} from "@deepcluster/graph";
import {
  blocksOf,
  constantValues,
  type NormalizedBlock,
} from "@deepcluster/graph/rewrites";
import type {
  Lower,
  LowerInBlock,
  Lowering,
  Lowerings,
  ValueOf,
} from "../lowering.ts";
import { halves } from "../pooling.ts";
import {
  convolution,
  filterGradient,
  inputGradient as convolutionInputGradient,
  tilesOf,
} from "./convolution.ts";
import { firstBlock, isFirst } from "./first_block.ts";
import {
  batchMean,
  batchNormalization,
  batchVariance,
  inputGradient,
  scaleGradient,
  sumOfChannels,
} from "./normalization.ts";
import { maxPool, maxPoolGradient, step } from "./pooling.ts";

/** Fewer images than this make rows too short. */
const fewestImages = 16;

/** Larger maps do not stay in the cache from one operator to the next. */
const largestMaps = 2 ** 22;

/**
 * Finds the maps of a graph that are held reversed, and the values that are
 * lowered as parts of a network's first block.
 *
 * @param graph A valid graph.
 * @returns Both; nothing where the graph does not train.
 */
export const reversedIn = (
  graph: Graph,
): {
  readonly maps: ReadonlySet<Value>;
  readonly inBlocks: ReadonlyMap<Value, LowerInBlock>;
} => {
  const order = topologicalOrder(graph);
  const constants = constantValues(graph, order);
  const maps = reversedMaps(order, (value) => constants.has(value));
  const blocks = blocksOf(graph, order).filter((block) =>
    maps.has(block.convolved) && isFirst(block)
  );
  const inBlocks = blocks.flatMap((block) =>
    Object.entries(firstBlock).map(([part, lower]) =>
      [
        block[part as keyof NormalizedBlock]!,
        (to: Lowering) => lower(block, to),
      ] as const
    )
  );
  return { maps, inBlocks: new Map(inBlocks) };
};

/**
 * Tells which maps of a graph are held reversed: those of a graph that trains
 * and all of whose trained convolutions step by 1, have no groups, and are of
 * maps that stay in the cache.
 *
 * @param order All values, each after its operands.
 * @param isConstant Whether a value never changes.
 * @returns The values.
 */
export const reversedMaps = (
  order: readonly Value[],
  isConstant: (value: Value) => boolean,
): ReadonlySet<Value> => {
  const trained = order.filter((value): value is ValueOf<"convolution"> =>
    isOf("convolution", value) && !isConstant(value.inputs[1]!)
  );
  const trains = order.some((value) =>
    isOf("convolutionFilterGradient", value)
  );
  if (!trains || !trained.every(fits)) return new Set();
  const maps = new Set<Value>(trained);
  for (const value of order) if (follows(value, maps)) maps.add(value);
  return maps;
};

const fits = ({ operator, inputs: [x], shape }: ValueOf<"convolution">) => {
  const { stride, dilation, groups } = operator.geometry;
  return [...stride, ...dilation, groups].every((step) => step === 1) &&
    shape[0]! >= fewestImages &&
    [x!.shape, shape].every((sizes) =>
      sizes.reduce((product, size) => product * size, 1) <= largestMaps
    );
};

/** Whether maps are made of reversed ones by an operator that can do so. */
const follows = (value: Value, maps: ReadonlySet<Value>): boolean => {
  const { operator, inputs: [a, b] } = value;
  switch (operator.type) {
    case "batchNormalization":
    case "batchNormalizationInputGradient":
    case "relu":
    case "reluGradient":
      return maps.has(a!);
    case "maxPool":
    case "maxPoolGradient":
      return maps.has(a!) && halves(operator.geometry, a!);
    case "convolutionInputGradient":
      return maps.has(b!) &&
        tilesOf(value as ValueOf<typeof operator.type>) !== undefined;
    default:
      return false;
  }
};

/** Lowerings of what is held reversed, which name the reversed maps. */
export const mapLowerings: Partial<Lowerings<OperatorType>> = {
  convolution,
  convolutionInputGradient,
  batchNormalization,
  batchNormalizationInputGradient: inputGradient,
  maxPool,
  maxPoolGradient,
  relu: ({ inputs: [x] }, to) => to.node("Relu", [to.reversed(x!)]),
  reluGradient: ({ inputs: [x, dy] }, to) => {
    // What is rectified is in the cache, and nothing else reads `x`.
    return to.node("Mul", [
      to.reversed(dy!),
      step(to.reversed(to.reluOf(x!) ?? x!), to),
    ]);
  },
};

/**
 * Finds the lowering of an operator that reads reversed maps and gives
 * something else.
 *
 * @param value Any value.
 * @param to Where it is lowered to.
 * @returns The lowering; undefined where the usual one serves.
 */
export const readerOfMaps = (
  { operator, inputs: [a, b] }: Value,
  to: Lowering,
): Lower<OperatorType> | undefined => {
  const { type } = operator;
  const isReader = type === "convolutionFilterGradient"
    ? to.isReversed(b!) && operator.geometry.groups === 1
    : to.isReversed(a!) &&
      (type !== "reduceSum" || `${operator.axes}` === "0,2,3");
  return isReader ? readers[type] as Lower<OperatorType> : undefined;
};

const readers: Partial<Lowerings<OperatorType>> = {
  batchMean,
  batchVariance,
  batchNormalizationScaleGradient: scaleGradient,
  convolutionFilterGradient: filterGradient,
  reduceSum: sumOfChannels,
};

const isOf = <T extends OperatorType>(
  type: T,
  value: Value,
): value is ValueOf<T> => value.operator.type === type;
