/**
 * Elementwise operators for a GPU.
 *
 * @module
 */
import type { Lowerings } from "../lowering.ts";
import { positive } from "../elementwise.ts";

/** Lowerings of elementwise operators that a GPU is given otherwise. */
export const gpuElementwiseLowerings: Lowerings<"reluGradient"> = {
  reluGradient: ({ inputs: [x, dy] }, to) =>
    to.node("Where", [positive(x!, to), to.tensor(dy!), to.scalar(0)]),
};
