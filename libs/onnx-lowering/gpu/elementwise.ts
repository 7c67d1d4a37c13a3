/**
 * Elementwise operators for a GPU.
 *
 * @module
 */
import type { Lowerings } from "../lowering.ts";
import { positive } from "../elementwise.ts";
import { gradientThroughPooling } from "./pooling.ts";

/** Lowerings of elementwise operators that a GPU is given otherwise. */
export const gpuElementwiseLowerings: Lowerings<"reluGradient"> = {
  reluGradient: (value, to) => {
    const [x, dy] = value.inputs;
    return gradientThroughPooling(value, to) ??
      to.node("Where", [positive(x!, to), to.tensor(dy!), to.scalar(0)]);
  },
};
