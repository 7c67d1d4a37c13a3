/**
 * Operators that only move elements, in ONNX.
 *
 * @module
 */
import { sameSizes } from "./broadcasting.ts";
import type { Lowerings } from "./lowering.ts";

/** Lowerings of the operators that only move elements. */
export const shapeLowerings: Lowerings<"reshape" | "broadcast" | "transpose"> =
  {
    reshape: ({ inputs: [x], shape }, to) =>
      sameSizes(x!.shape, shape)
        ? to.tensor(x!)
        : to.node("Reshape", [to.tensor(x!), to.integers(shape)]),
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
