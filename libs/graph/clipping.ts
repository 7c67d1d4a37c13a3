/**
 * Gradients clipped to a maximum norm, as PyTorch's
 * `torch.nn.utils.clip_grad_norm_`.
 *
 * Reference: R. Pascanu et al., "On the difficulty of training recurrent
 * neural networks", 2013, algorithm 1.
 *
 * @module
 */
import { add, divide, multiply, relu, sqrt, subtract } from "./elementwise.ts";
import { reduceSum } from "./reduction.ts";
import type { Value } from "./value.ts";

/** Gradients whose norm is bounded. */
export interface ClippedGradients {
  /** The gradients in their order, all scaled by the same factor. */
  readonly gradients: readonly Value[];
  /** float32 scalar: the norm before, of all gradients as one vector. */
  readonly norm: Value;
}

/**
 * Clips the norm of gradients, taken together as one vector:
 * `g * min(1, clipNorm / (norm + 1e-6))`.
 *
 * Gradients whose norm is at most `clipNorm` keep their bits. They are read
 * once more for the norm and once for their scaling.
 *
 * @param gradients float32, any shapes, at least one.
 * @param clipNorm Maximum norm, above 0.
 * @returns See {@link ClippedGradients}.
 * @throws {ShapeError} When a gradient holds integers.
 *
 * @example A vector of norm 5 clipped to 1
 * ```ts
 * import { clipByNorm, evaluate, input } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const { gradients, norm } = clipByNorm([input("gradient", [2])], 1);
 * const [clipped, before] = Effect.runSync(
 *   evaluate([...gradients, norm], {
 *     gradient: { shape: [2], data: Float64Array.of(3, 4) },
 *   }),
 * );
 * assert.equal(before!.data[0], 5);
 * assert.ok(Math.abs(clipped!.data[0]! - 0.6) < 1e-6);
 * ```
 */
export const clipByNorm = (
  gradients: readonly Value[],
  clipNorm: number,
): ClippedGradients => {
  const norm = sqrt(
    gradients.map((g) => reduceSum(multiply(g, g))).reduce(add),
  );
  // clipNorm / max(norm + 1e-6, clipNorm): exactly 1 where nothing is clipped.
  const excess = relu(subtract(add(norm, 1e-6), clipNorm));
  const factor = divide(clipNorm, add(excess, clipNorm));
  return { gradients: gradients.map((g) => multiply(g, factor)), norm };
};
