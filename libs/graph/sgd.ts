/**
 * Stochastic gradient descent with momentum and weight decay, term by term as
 * PyTorch's `torch.optim.SGD` without dampening.
 *
 * @module
 */
import { add, multiply, subtract } from "./elementwise.ts";
import type { Value } from "./value.ts";

/** How a group of parameters is trained. */
export interface SgdOptions {
  /** float32 scalar, an input so that it can change between steps. */
  readonly learningRate: Value;
  /** Factor of the velocity at each step, from 0 to below 1. */
  readonly momentum: number;
  /** Fraction of the parameter that is added to its gradient, at least 0. */
  readonly weightDecay: number;
}

/** A parameter and its velocity after a step. */
export interface SgdStep {
  /** The next parameter. */
  readonly parameter: Value;
  /** The next velocity; absent without momentum. */
  readonly velocity?: Value;
}

/**
 * Takes one step of a parameter `p` with gradient `g` and velocity `v`, which
 * begins at 0: `d = g + weightDecay * p`, `v = momentum * v + d`,
 * `p = p - learningRate * v`.
 *
 * @param parameter float32.
 * @param gradient float32, the same shape.
 * @param velocity float32, the same shape; undefined without momentum, where
 * `v = d`.
 * @param options See {@link SgdOptions}.
 * @returns What replaces parameter and velocity.
 * @throws {ShapeError} When the shapes differ.
 */
export const sgd = (
  parameter: Value,
  gradient: Value,
  velocity: Value | undefined,
  { learningRate, momentum, weightDecay }: SgdOptions,
): SgdStep => {
  const decayed = weightDecay === 0
    ? gradient
    : add(gradient, multiply(parameter, weightDecay));
  const next = velocity === undefined
    ? decayed
    : add(multiply(velocity, momentum), decayed);
  return {
    parameter: subtract(parameter, multiply(next, learningRate)),
    ...velocity && { velocity: next },
  };
};
