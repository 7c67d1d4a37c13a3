/**
 * `linear MODEL DATA`: logistic regression on the frozen output of every layer.
 *
 * Paper: section 4.3.
 *
 * @module
 */
import { evaluateLinear } from "@deepcluster/evaluation";
import { presentOnly } from "@deepcluster/terminal";
import { evaluateModel } from "./evaluate_model.ts";
import type { Values } from "./linear_flags.ts";

/** Does what `linear` was asked for. */
export const run = (
  { layers, tenCrop, memory, seeds, probe, ...values }: Values,
) =>
  evaluateModel(
    values,
    {
      command: "linear",
      seeds,
      ...presentOnly({ layers }),
      crops: tenCrop ? "ten" : "centre",
    },
    (task) =>
      evaluateLinear(task, task.layers, task.seed, {
        ...presentOnly(probe),
        memoryBytes: memory * 2 ** 20,
      }),
  );
