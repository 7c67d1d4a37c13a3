/**
 * Operators that only move elements, in ONNX.
 *
 * @module
 */
import type { Shape } from "@deepcluster/core";
import { sameSizes } from "./broadcasting.ts";
import type { Lowering, Lowerings } from "./lowering.ts";

/** Lowerings of the operators that only move elements. */
export const shapeLowerings: Lowerings<"reshape" | "broadcast" | "transpose"> =
  {
    reshape: ({ inputs: [x], shape }, to) =>
      sameSizes(x!.shape, shape)
        ? to.tensor(x!)
        : reshape(to.tensor(x!), shape, to),
    broadcast: ({ inputs: [x], shape }, to) =>
      sameSizes(x!.shape, shape)
        ? to.tensor(x!)
        : to.node("Expand", [to.tensor(x!), to.integers(shape)]),
    transpose: ({ operator: { permutation }, inputs: [x] }, to) =>
      permutation.every((from, axis) => from === axis)
        ? to.tensor(x!)
        : to.node("Transpose", [to.tensor(x!)], {
          perm: { ints: permutation },
        }),
  };

/**
 * Adds the node of another shape for the same numbers.
 *
 * @param tensor Name of the numbers.
 * @param shape Their new shape.
 * @param to Where it is lowered to.
 * @returns Name of the result.
 */
export const reshape = (tensor: string, shape: Shape, to: Lowering): string =>
  to.node("Reshape", [tensor, to.integers(shape)]);
