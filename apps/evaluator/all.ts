/**
 * `all MODEL DATA`: everything that fits the images, beside random weights and
 * pixels, as one table.
 *
 * @module
 */
import { evaluateAll, selectLayers } from "@deepcluster/evaluation";
import { presentOnly } from "@deepcluster/terminal";
import { Effect } from "effect";
import { evaluateModel } from "./evaluate_model.ts";
import { warnOfNoise } from "./nmi.ts";
import type { Values } from "./all_flags.ts";

/**
 * Pixels, random weights and trained features differ in scale by orders of
 * magnitude: the paper's step size alone would tell them apart.
 *
 * On 10 000 of Fashion-MNIST's training images held out, 6 000 others to learn
 * from, learning rates 0.003, 0.01 and 0.03 gave a run's `features` 0.847, 0.853
 * and 0.852, its conv3 0.880, 0.879 and 0.876, conv3 of random weights 0.866,
 * 0.865 and 0.860, and pixels 0.814, 0.794 and 0.782; 0.001 gave `features`
 * 0.836.
 */
const fairToAll = { standardise: true, learningRate: 0.003 } as const;

/** Does what `all` was asked for. */
export const run = (
  { layers, clusters, pca, seeds, probe, ...values }: Values,
) =>
  evaluateModel(
    values,
    { command: "all", seeds, ...presentOnly({ layers }) },
    Effect.fnUntraced(function* (task) {
      // What is the same for every seed is told once.
      const first = task.seed === values.operation.seed;
      if (first) {
        const layers = yield* selectLayers(task.model, ["features"]);
        yield* warnOfNoise(task, layers, pca);
      }
      const found = yield* evaluateAll(task, task.seed, {
        ...presentOnly({ layers, clusters, pca }),
        probe: { ...fairToAll, ...presentOnly(probe) },
      });
      // So are a run's own clusters.
      return {
        ...found,
        figures: found.figures.filter(({ layer }) =>
          first || layer !== "assignments"
        ),
      };
    }),
  );
