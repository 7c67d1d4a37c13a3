/**
 * Stochastic gradient descent with momentum and weight decay, term by term as
 * PyTorch's `torch.optim.SGD` without dampening.
 *
 * @module
 */
import { Effect } from "effect";
import { add, multiply, subtract } from "./elementwise.ts";
import type { ShapeError } from "./errors.ts";
import type { Value } from "./value.ts";

/** How a group of parameters is trained. */
export interface SgdOptions {
  /** float32 scalar, an input so that it can change between steps. */
  readonly learningRate: Value;
  /** Share of the velocity that is kept at each step, from 0 to below 1. */
  readonly momentum: number;
  /** Share of the parameter that is added to its gradient, at least 0. */
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
 * One step of a parameter `p` with gradient `g` and velocity `v`, which begins
 * at 0: `d = g + weightDecay * p`, `v = momentum * v + d`,
 * `p = p - learningRate * v`.
 *
 * @param parameter float32.
 * @param gradient float32, the same shape.
 * @param velocity float32, the same shape; absent when there is no momentum,
 * so that `v = d`.
 * @param options See {@link SgdOptions}.
 * @returns What replaces parameter and velocity, or `ShapeError` when the
 * shapes differ.
 */
export const sgd = Effect.fn("sgd")(function* (
  parameter: Value,
  gradient: Value,
  velocity: Value | undefined,
  { learningRate, momentum, weightDecay }: SgdOptions,
): Effect.fn.Return<SgdStep, ShapeError> {
  const decayed = weightDecay === 0
    ? gradient
    : yield* add(gradient, yield* multiply(parameter, weightDecay));
  const next = velocity === undefined
    ? decayed
    : yield* add(yield* multiply(velocity, momentum), decayed);
  const step = yield* multiply(next, learningRate);
  const moved = yield* subtract(parameter, step);
  return velocity === undefined
    ? { parameter: moved }
    : { parameter: moved, velocity: next };
});
