/**
 * A small compiler: networks, losses and optimisers as one graph of operators
 * with shapes, differentiated in reverse mode, and an interpreter that says
 * what such a graph means.
 *
 * @module
 */
export * from "./clipping.ts";
export * from "./convolution.ts";
export * from "./describe.ts";
export * from "./elementwise.ts";
export * from "./errors.ts";
export * from "./gradients.ts";
export * from "./graph.ts";
export * from "./leaves.ts";
export * from "./linear_algebra.ts";
export * from "./losses.ts";
export * from "./normalization.ts";
export * from "./pooling.ts";
export * from "./reduction.ts";
export * from "./reference.ts";
export * from "./sgd.ts";
export * from "./shape_operators.ts";
export * from "./training_step.ts";
export * from "./value.ts";
export type { Pair } from "./apply.ts";
export type { Numbers } from "./reference/kernel.ts";
