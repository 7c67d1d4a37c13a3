/**
 * Batch normalisation after max-pooling instead of before, with the same
 * results but for rounding: a line that rises keeps the order of numbers. Where
 * the scale is negative and the line falls, the filter before it is negated,
 * which turns it round. A pooling of 2 x 2 leaves a quarter of the numbers to
 * normalise, and of the gradients to sum.
 *
 * Departure: where the scale is exactly 0, all normalised numbers of a window
 * are equal, and the gradient of the scale depends on which of them is taken.
 * That is the first of the window before, and here the one that is largest
 * where the scale is a little below 0. All other results are as before.
 *
 * @module
 */
import {
  convolution,
  convolutionFilterGradient,
  convolutionInputGradient,
} from "../convolution.ts";
import { multiply, reluGradient, subtract } from "../elementwise.ts";
import { topologicalOrder } from "../graph.ts";
import { constant } from "../leaves.ts";
import {
  batchMean,
  batchNormalization,
  batchNormalizationInputGradient,
  batchNormalizationScaleGradient,
  batchVariance,
} from "../normalization.ts";
import { maxPool, maxPoolGradient } from "../pooling.ts";
import { reduceSum } from "../reduction.ts";
import { reshape } from "../shape_operators.ts";
import type { Graph, OperatorType, Value } from "../value.ts";
import {
  isOf,
  type Of,
  rewriteGraph,
  sameGeometry,
  type User,
  type Users,
  usersOf,
} from "./rewrite.ts";

/**
 * Rewrites a graph that trains through convolutions of which nothing but their
 * normalised maps is used, and of these nothing but a pooling.
 *
 * @param graph A valid graph.
 * @param isMoved Whether the normalisation of a block is moved. Default: always.
 * @returns The graph with the same inputs, outputs and state by name.
 */
export const normalizeAfterPool = (
  graph: Graph,
  isMoved: (block: NormalizedBlock) => boolean = () => true,
): Graph => {
  const order = topologicalOrder(graph);
  const blocks = blocksOf(graph, order).filter(isMoved);
  if (blocks.length === 0) return graph;
  return rewriteGraph(graph, order, (now) => {
    const rules = new Map(blocks.flatMap((block) => rulesOf(block, now)));
    return (value) => rules.get(value)?.();
  });
};

/** A convolution whose normalised maps are only pooled, and their gradients. */
export interface NormalizedBlock {
  readonly convolved: Of<"convolution">;
  readonly mean: Value;
  readonly variance: Value;
  readonly normalized: Of<"batchNormalization">;
  readonly pooled: Of<"maxPool">;
  readonly gradient: Of<"maxPoolGradient">;
  readonly ofScale: Value;
  readonly ofBias: Of<"reduceSum">;
  readonly ofConvolved: Value;
  readonly ofFilter: Of<"convolutionFilterGradient">;
  /** None in the first layer. */
  readonly ofImages: Of<"convolutionInputGradient"> | undefined;
}

/** What becomes of each value of a block. */
const rulesOf = (
  block: NormalizedBlock,
  now: (value: Value) => Value,
): readonly (readonly [Value, () => Value])[] => {
  const { convolved, normalized, pooled, gradient, ofBias, ofFilter } = block;
  const { epsilon } = normalized.operator;
  const { geometry } = pooled.operator;
  const [, , , scale, bias] = normalized.inputs;
  const once = <A>(make: () => A) => {
    let made: A | undefined;
    return () => made ??= make();
  };
  const sign = once(() => signOf(now(scale!)));
  const signed = (filter: Value) =>
    multiply(filter, reshape(sign(), [-1, 1, 1, 1]));
  const filter = once(() => signed(now(convolved.inputs[1]!)));
  const maps = once(() =>
    convolution(
      now(convolved.inputs[0]!),
      filter(),
      convolved.operator.geometry,
    )
  );
  const statistics = once(() => ({
    mean: batchMean(maps()),
    variance: batchVariance(maps()),
  }));
  const maxima = once(() => maxPool(maps(), geometry));
  const rising = once(() => multiply(now(scale!), sign()));
  const ofMaxima = () => now(gradient.inputs[1]!);
  const ofRising = once(() =>
    batchNormalizationScaleGradient(
      maxima(),
      ofMaxima(),
      statistics(),
      epsilon,
    )
  );
  return [
    [convolved, maps],
    [block.mean, () => multiply(statistics().mean, sign())],
    [block.variance, () => statistics().variance],
    // These two are read by nothing that stays.
    [normalized, maps],
    [gradient, ofMaxima],
    [
      pooled,
      () =>
        batchNormalization(
          maxima(),
          statistics(),
          rising(),
          now(bias!),
          epsilon,
        ),
    ],
    [ofBias, () => reduceSum(ofMaxima(), { axes: ofBias.operator.axes })],
    [block.ofScale, () => multiply(ofRising(), sign())],
    [block.ofConvolved, () =>
      batchNormalizationInputGradient(
        maps(),
        maxPoolGradient(maps(), ofMaxima(), geometry),
        statistics(),
        rising(),
        { scaleGradient: ofRising(), biasGradient: now(ofBias) },
        epsilon,
      )],
    [ofFilter, () =>
      signed(
        convolutionFilterGradient(
          now(ofFilter.inputs[0]!),
          now(ofFilter.inputs[1]!),
          ofFilter.operator.filterShape,
          ofFilter.operator.geometry,
        ),
      )],
    ...block.ofImages === undefined ? [] : [
      [
        block.ofImages,
        () =>
          convolutionInputGradient(
            filter(),
            now(block.ofImages!.inputs[1]!),
            block.ofImages!.operator.inputShape,
            block.ofImages!.operator.geometry,
          ),
      ] as const,
    ],
  ];
};

/** 1 where numbers are positive, else -1. */
const signOf = (numbers: Value): Value =>
  subtract(reluGradient(numbers, constant(2, numbers.shape)), 1);

/**
 * Finds the convolutions of which nothing but their normalised maps is used, and
 * of these nothing but a pooling.
 *
 * @param graph A valid graph.
 * @param order Its values, each after its operands.
 * @returns The blocks.
 */
export const blocksOf = (
  graph: Graph,
  order: readonly Value[],
): readonly NormalizedBlock[] => {
  const users = usersOf(graph, order);
  return order.flatMap((value) =>
    isOf("batchNormalization", value) ? blockOf(value, users) ?? [] : []
  );
};

/** The block around a normalisation, when nothing else uses what is within. */
const blockOf = (
  normalized: Of<"batchNormalization">,
  users: Users,
): NormalizedBlock | undefined => {
  const [convolved, mean, variance, scale] = normalized.inputs as Four;
  const [pooled, gradient] = usersAs(
    ["maxPool", "maxPoolGradient"],
    users.get(normalized),
  );
  const [ofScale, ofBias, ofConvolved] = usersAs([
    "batchNormalizationScaleGradient",
    "reduceSum",
    "batchNormalizationInputGradient",
  ], users.get(gradient!));
  const [ofFilter, ofImages] = usersAs(
    ["convolutionFilterGradient", "convolutionInputGradient"],
    users.get(ofConvolved!),
  );
  if (
    !isOf("convolution", convolved) || !isOf("batchMean", mean) ||
    !isOf("batchVariance", variance) || pooled === undefined ||
    ofScale === undefined || ofBias === undefined || ofFilter === undefined ||
    `${ofBias.operator.axes}` !== "0,2,3"
  ) return undefined;
  const inputs = [convolved, gradient!, mean, variance];
  const within = [mean, variance, normalized, ofScale, ofConvolved!];
  const isWhole = hasOnly(users.get(convolved)!, within) &&
    sameGeometry(pooled, gradient!) && gradient!.inputs[1] !== normalized &&
    sameInputs(ofScale, inputs) &&
    sameInputs(ofConvolved!, [...inputs, scale, ofScale, ofBias]) &&
    ofFilter.inputs[0] === convolved.inputs[0] &&
    (ofImages === undefined || ofImages.inputs[0] === convolved.inputs[1]);
  return isWhole
    ? {
      convolved,
      mean,
      variance,
      normalized,
      pooled,
      gradient: gradient!,
      ofScale,
      ofBias,
      ofConvolved: ofConvolved!,
      ofFilter,
      ofImages,
    }
    : undefined;
};

type Four = readonly [Value, Value, Value, Value];

/** The users of a value by operator; none where it has others as well. */
const usersAs = <const T extends readonly OperatorType[]>(
  types: T,
  users: readonly User[] = [],
): { readonly [K in keyof T]?: Of<T[K] & OperatorType> } => {
  const found = types.map((type) => users.find((user) => isOf(type, user)));
  const known = found.filter((user) => user !== undefined);
  return (known.length === users.length ? found : []) as never;
};

const hasOnly = (users: readonly User[], all: readonly Value[]): boolean =>
  users.every((user) => all.some((value) => value === user));

const sameInputs = (value: Value, inputs: readonly Value[]): boolean =>
  value.inputs.every((input, i) => input === inputs[i]);
