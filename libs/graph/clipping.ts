/**
 * Gradients cut down to a largest length, as PyTorch's
 * `torch.nn.utils.clip_grad_norm_`.
 *
 * Reference: R. Pascanu et al., "On the difficulty of training recurrent
 * neural networks", 2013, algorithm 1.
 *
 * @module
 */
import { Effect } from "effect";
import { add, divide, multiply, relu, sqrt, subtract } from "./elementwise.ts";
import type { ShapeError } from "./errors.ts";
import { reduceSum } from "./reduction.ts";
import type { Value } from "./value.ts";

/** Gradients that are no longer than they may be. */
export interface Clipped {
  /** The gradients in their order, all scaled by the same factor. */
  readonly gradients: readonly Value[];
  /** float32 scalar: the length they had before, taken together. */
  readonly norm: Value;
}

/**
 * Shortens gradients, taken together as one vector, to a largest length:
 * `g * min(1, clipNorm / (norm + 1e-6))`.
 *
 * Gradients that are short enough keep their bits. They are read once more
 * for their length and once for their scaling.
 *
 * @param gradients float32, any shapes, at least one.
 * @param clipNorm Largest length, above 0.
 * @returns See {@link Clipped}, or `ShapeError` when a gradient holds
 * integers.
 *
 * @example A vector of length 5 cut down to 1
 * ```ts
 * import { clipByNorm, evaluate, input } from "@deepcluster/graph";
 * import { Effect } from "effect";
 * import assert from "node:assert/strict";
 *
 * const [clipped, norm] = Effect.runSync(Effect.gen(function* () {
 *   const gradient = yield* input("gradient", [2]);
 *   const { gradients, norm } = yield* clipByNorm([gradient], 1);
 *   return yield* evaluate([gradients[0]!, norm], {
 *     gradient: { shape: [2], data: Float64Array.of(3, 4) },
 *   });
 * }));
 * assert.equal(norm!.data[0], 5);
 * assert.ok(Math.abs(clipped!.data[0]! - 0.6) < 1e-6);
 * ```
 */
export const clipByNorm = Effect.fn("clipByNorm")(function* (
  gradients: readonly Value[],
  clipNorm: number,
): Effect.fn.Return<Clipped, ShapeError> {
  const squares = yield* Effect.forEach(
    gradients,
    (gradient) => Effect.flatMap(multiply(gradient, gradient), reduceSum),
  );
  let sum = squares[0]!;
  for (const square of squares.slice(1)) sum = yield* add(sum, square);
  const norm = yield* sqrt(sum);
  const excess = yield* relu(yield* subtract(yield* add(norm, 1e-6), clipNorm));
  // clipNorm / max(norm + 1e-6, clipNorm): exactly 1 where nothing is clipped.
  const factor = yield* divide(clipNorm, yield* add(excess, clipNorm));
  return {
    gradients: yield* Effect.forEach(gradients, (g) => multiply(g, factor)),
    norm,
  };
});
