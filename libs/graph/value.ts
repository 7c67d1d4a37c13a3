/**
 * The intermediate representation: values of a directed acyclic graph, each
 * the result of one operator on other values.
 *
 * The gradient of a convolution, of a pooling, of a normalisation are
 * operators in their own right, so that an executor can lower each in its own
 * best way. Every operator has exactly one result. Tensors of images are
 * `[n, channels, height, width]`, filters `[outChannels, inChannels / groups,
 * kernelHeight, kernelWidth]`, as in PyTorch.
 *
 * @module
 */
import type { DType, Shape } from "@deepcluster/core";

/** Geometry of a convolution; pairs are `[vertical, horizontal]`. */
export interface Convolution {
  /** Step of the window over the image; at least 1. */
  readonly stride: readonly [number, number];
  /** Zeros on each side of the image. */
  readonly padding: readonly [number, number];
  /** Distance between neighbouring elements of the filter; at least 1. */
  readonly dilation: readonly [number, number];
  /** Channels fall into this many groups that do not see each other. */
  readonly groups: number;
}

/** Geometry of a pooling window; output sizes are rounded down. */
export interface Pooling {
  /** Size of the window. */
  readonly kernel: readonly [number, number];
  /** Step of the window over the image; at least 1. */
  readonly stride: readonly [number, number];
  /**
   * Each side, at most half the kernel. Average-pooling counts these zeros, as
   * PyTorch's default; max-pooling pads with -infinity.
   */
  readonly padding: readonly [number, number];
}

/** What is computed. Comments give the inputs in order. */
export type Operator =
  /** () Fed by name, or state between runs. */
  | { readonly type: "input"; readonly name: string }
  /** () The same number everywhere. */
  | { readonly type: "constant"; readonly value: number }
  /** (a, b) Elementwise, with broadcasting as in NumPy. */
  | { readonly type: "add" | "subtract" | "multiply" | "divide" }
  /** (x) Elementwise. */
  | {
    readonly type:
      | "negate"
      | "exp"
      | "log"
      | "sqrt"
      | "relu"
      | "sigmoid"
      | "toFloat";
  }
  /** (x, dy) dy where x > 0, else 0. */
  | { readonly type: "reluGradient" }
  /** (a [m, k], b [k, n]), each read transposed when its flag is set. */
  | {
    readonly type: "matmul";
    readonly transposeA: boolean;
    readonly transposeB: boolean;
  }
  /** (a [m, k], b [k, n]), rounded to whole numbers of `bits` and 8 bits. */
  | { readonly type: "coarseMatmul"; readonly bits: 7 | 8 }
  /** (x, filter) Cross-correlation, as everywhere in deep learning. */
  | { readonly type: "convolution"; readonly geometry: Convolution }
  /** (filter, dy) -> [inputShape] */
  | {
    readonly type: "convolutionInputGradient";
    readonly geometry: Convolution;
    readonly inputShape: Shape;
  }
  /** (x, dy) -> [filterShape] */
  | {
    readonly type: "convolutionFilterGradient";
    readonly geometry: Convolution;
    readonly filterShape: Shape;
  }
  /** (x) */
  | { readonly type: "maxPool" | "averagePool"; readonly geometry: Pooling }
  /** (x, dy): the first maximum of each window receives its dy. */
  | { readonly type: "maxPoolGradient"; readonly geometry: Pooling }
  /** (dy) -> [inputShape] */
  | {
    readonly type: "averagePoolGradient";
    readonly geometry: Pooling;
    readonly inputShape: Shape;
  }
  /** (x [n, c, …]) -> [c]: mean, and biased variance, over all but axis 1. */
  | { readonly type: "batchMean" | "batchVariance" }
  /** (x, mean, variance, scale, bias) */
  | { readonly type: "batchNormalization"; readonly epsilon: number }
  /** (x, dy, mean, variance) -> [c]: sum of dy * (x - mean) / deviation. */
  | {
    readonly type: "batchNormalizationScaleGradient";
    readonly epsilon: number;
  }
  /**
   * (x, dy, mean, variance, scale, scaleGradient, biasGradient): dx through
   * the batch's own statistics.
   */
  | {
    readonly type: "batchNormalizationInputGradient";
    readonly epsilon: number;
  }
  /** (x) without the reduced axes, or with them at size 1. */
  | {
    readonly type: "reduceSum" | "reduceMean" | "reduceMax";
    readonly axes: readonly number[];
    readonly keepDimensions: boolean;
  }
  /** (x) -> int32, the first of equals; the axis is dropped. */
  | { readonly type: "argMax"; readonly axis: number }
  /** (x) */
  | { readonly type: "reshape" | "broadcast"; readonly shape: Shape }
  /** (x): output axis i is input axis permutation[i]. */
  | { readonly type: "transpose"; readonly permutation: readonly number[] }
  /** (logits [n, k]) over the last axis. */
  | { readonly type: "softmax" }
  /** (logits [n, k], labels int32 [n]) -> [n]; a label < 0 is ignored: 0. */
  | { readonly type: "softmaxCrossEntropy" }
  /** (logits, labels, dy [n]) -> [n, k] */
  | { readonly type: "softmaxCrossEntropyGradient" }
  /** (logits, targets) -> same shape; a target < 0 is ignored: 0. */
  | { readonly type: "sigmoidCrossEntropy" }
  /** (logits, targets, dy) -> same shape */
  | { readonly type: "sigmoidCrossEntropyGradient" };

/** Names of the operators. */
export type OperatorType = Operator["type"];

/** The member of {@link Operator} that has this name. */
export type OperatorOf<T extends OperatorType> = Operator extends infer O
  ? O extends { readonly type: OperatorType }
    ? T extends O["type"] ? O & { readonly type: T } : never
  : never
  : never;

/** One value of the graph: an operator applied to other values. */
export interface Value {
  /** What computes it. */
  readonly operator: Operator;
  /** What it is computed from, in the order that the operator states. */
  readonly inputs: readonly Value[];
  /** Sizes of the result, outermost first; each at least 1. */
  readonly shape: Shape;
  /** Element type of the result. */
  readonly dtype: DType;
}

/** A tensor that an executor keeps between runs. */
export interface State {
  /** The value by which the graph reads it; its operator is `input`. */
  readonly current: Value;
  /** What replaces it at the end of each run; absent for a constant. */
  readonly next?: Value;
}

/** A computation: its inputs, its state, its outputs. */
export interface Graph {
  /**
   * Values whose operator is `input`, fed anew at every run, by the name of
   * that operator.
   */
  readonly inputs: Readonly<Record<string, Value>>;
  /**
   * Parameters, momenta, running statistics, by name; the name is that of the
   * `input` operator of `current`. A run reads every value before it replaces
   * any.
   */
  readonly state: Readonly<Record<string, State>>;
  /** Values that every run returns, by name. */
  readonly outputs: Readonly<Record<string, Value>>;
}
